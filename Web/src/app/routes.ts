import type { ComponentType } from "react";
import type { Params } from "./router";

export interface PageProps {
  params: Params;
}

export interface Route {
  pattern: string;
  /** A module whose default export is the page. */
  load: () => Promise<{ default: ComponentType<PageProps> }>;
  /** Which entry of the rail is marked. */
  rail?: string;
}

/** All pages by their path; the first that fits is it. */
export const routes: Route[] = [
  { pattern: "/", load: () => import("../pages/overview/Overview"), rail: "/" },
  { pattern: "/stacks", load: () => import("../pages/stacks/Stacks"), rail: "/stacks" },
  { pattern: "/stacks/new", load: () => import("../pages/newStack/NewStack"), rail: "/stacks" },
  { pattern: "/stacks/:stack", load: () => import("../pages/stack/StackOverview"), rail: "/stacks" },
  { pattern: "/stacks/:stack/events", load: () => import("../pages/stack/StackEvents"), rail: "/stacks" },
  { pattern: "/stacks/:stack/compose", load: () => import("../pages/compose/Compose"), rail: "/stacks" },
  { pattern: "/stacks/:stack/env", load: () => import("../pages/env/Env"), rail: "/stacks" },
  { pattern: "/stacks/:stack/settings", load: () => import("../pages/stackSettings/StackSettings"), rail: "/stacks" },
  { pattern: "/stacks/:stack/plan", load: () => import("../pages/plan/PlanPage"), rail: "/stacks" },
  { pattern: "/stacks/:stack/revisions", load: () => import("../pages/revisions/Revisions"), rail: "/stacks" },
  { pattern: "/stacks/:stack/revisions/:number", load: () => import("../pages/revision/RevisionPage"), rail: "/stacks" },
  { pattern: "/stacks/:stack/diff", load: () => import("../pages/diff/RevisionDiff"), rail: "/stacks" },
  { pattern: "/templates", load: () => import("../pages/templates/Templates"), rail: "/templates" },
  { pattern: "/operations", load: () => import("../pages/operations/Operations"), rail: "/operations" },
  { pattern: "/operations/:operation", load: () => import("../pages/operation/OperationPage"), rail: "/operations" },
];
