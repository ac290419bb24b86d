import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startRouter } from "./app/router";
import { applyTheme } from "./app/theme";
import { installPolicy } from "./app/trustedTypes";
import "./styles/index.css";

installPolicy();
applyTheme();
startRouter();

const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
