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
  { pattern: "/stacks/:stack/logs", load: () => import("../pages/stackLogs/StackLogs"), rail: "/stacks" },
  { pattern: "/logs", load: () => import("../pages/logs/Logs"), rail: "/logs" },
  { pattern: "/stacks/:stack/events", load: () => import("../pages/stack/StackEvents"), rail: "/stacks" },
  { pattern: "/stacks/:stack/compose", load: () => import("../pages/compose/Compose"), rail: "/stacks" },
  { pattern: "/stacks/:stack/env", load: () => import("../pages/env/Env"), rail: "/stacks" },
  { pattern: "/stacks/:stack/settings", load: () => import("../pages/stackSettings/StackSettings"), rail: "/stacks" },
  { pattern: "/stacks/:stack/plan", load: () => import("../pages/plan/PlanPage"), rail: "/stacks" },
  { pattern: "/stacks/:stack/revisions", load: () => import("../pages/revisions/Revisions"), rail: "/stacks" },
  { pattern: "/stacks/:stack/revisions/:number", load: () => import("../pages/revision/RevisionPage"), rail: "/stacks" },
  { pattern: "/stacks/:stack/diff", load: () => import("../pages/diff/RevisionDiff"), rail: "/stacks" },
  { pattern: "/servers", load: () => import("../pages/servers/Servers"), rail: "/servers" },
  { pattern: "/servers/new", load: () => import("../pages/newServer/AddServer"), rail: "/servers" },
  { pattern: "/servers/:server", load: () => import("../pages/server/System"), rail: "/servers" },
  { pattern: "/servers/:server/containers/:container", load: () => import("../pages/container/ContainerPage"), rail: "/servers" },
  { pattern: "/terminal/:container", load: () => import("../pages/terminal/TerminalPage"), rail: "/stacks" },
  { pattern: "/servers/:server/containers", load: () => import("../pages/server/Containers"), rail: "/servers" },
  { pattern: "/servers/:server/images", load: () => import("../pages/server/ServerImages"), rail: "/servers" },
  { pattern: "/servers/:server/volumes", load: () => import("../pages/server/ServerVolumes"), rail: "/servers" },
  { pattern: "/servers/:server/volumes/:volume", load: () => import("../pages/volume/VolumePage"), rail: "/volumes" },
  { pattern: "/servers/:server/networks", load: () => import("../pages/server/ServerNetworks"), rail: "/servers" },
  { pattern: "/servers/:server/networks/:network", load: () => import("../pages/network/NetworkPage"), rail: "/networks" },
  { pattern: "/images", load: () => import("../pages/images/Images"), rail: "/images" },
  { pattern: "/volumes", load: () => import("../pages/volumes/Volumes"), rail: "/volumes" },
  { pattern: "/networks", load: () => import("../pages/networks/Networks"), rail: "/networks" },
  { pattern: "/audit", load: () => import("../pages/audit/Audit"), rail: "/audit" },
  { pattern: "/settings", load: () => import("../pages/settings/General"), rail: "/settings" },
  { pattern: "/settings/users", load: () => import("../pages/users/Users"), rail: "/settings" },
  { pattern: "/settings/tokens", load: () => import("../pages/tokens/Tokens"), rail: "/settings" },
  { pattern: "/settings/about", load: () => import("../pages/about/About"), rail: "/settings" },
  { pattern: "/profile", load: () => import("../pages/profile/Profile") },
  { pattern: "/templates", load: () => import("../pages/templates/Templates"), rail: "/templates" },
  { pattern: "/operations", load: () => import("../pages/operations/Operations"), rail: "/operations" },
  { pattern: "/operations/:operation", load: () => import("../pages/operation/OperationPage"), rail: "/operations" },
];
