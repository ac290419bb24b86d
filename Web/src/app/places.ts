import type { IconName } from "../parts/Icon";
import type { Role } from "./session";

export interface RailEntry {
  to: string;
  text: string;
  icon: IconName;
  /** The letter after g. */
  key?: string;
  /** Who sees it; nothing: everybody. */
  role?: Role;
}

export interface RailGroup {
  name: string;
  entries: RailEntry[];
}

/** The parts of the site, in four groups. */
export const rail: RailGroup[] = [
  {
    name: "Run",
    entries: [
      { to: "/", text: "Overview", icon: "overview", key: "o" },
      { to: "/stacks", text: "Stacks", icon: "stacks", key: "s" },
      { to: "/logs", text: "Logs", icon: "logs", key: "l" },
      { to: "/operations", text: "Operations", icon: "operations", key: "p" },
    ],
  },
  {
    name: "Keep",
    entries: [
      { to: "/volumes", text: "Volumes", icon: "volumes", key: "v" },
      { to: "/images", text: "Images", icon: "images", key: "i" },
      { to: "/templates", text: "Templates", icon: "templates", key: "t" },
    ],
  },
  {
    name: "Place",
    entries: [
      { to: "/servers", text: "Servers", icon: "servers", key: "h" },
      { to: "/networks", text: "Networks", icon: "networks", key: "n" },
    ],
  },
  {
    name: "Rule",
    entries: [
      { to: "/audit", text: "Audit", icon: "audit", key: "a", role: "admin" },
      { to: "/settings", text: "Settings", icon: "settings" },
    ],
  },
];
