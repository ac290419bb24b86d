import type { IconName } from "../parts/Icon";
import { useServers } from "../api/servers";
import { useStacks } from "../api/stacks";
import { useOperations } from "../api/operations";
import { operationName } from "../pages/operation/operationName";
import { rail } from "./places";
import { path } from "./router";
import { mayAnywhere, useSession } from "./session";
import { usePageActions } from "./pageActions";

export interface PaletteEntry {
  key: string;
  text: string;
  kind: "Page" | "Stack" | "Server" | "Operation" | "Action";
  icon: IconName;
  /** An address, or an act of the present page, which opens its own confirmation. */
  to?: string;
  act?: () => void;
}

/** Everything that the palette can go to. */
export function usePaletteEntries(): PaletteEntry[] {
  const { session } = useSession();
  const stacks = useStacks().value?.items ?? [];
  const servers = useServers().value ?? [];
  const operations = useOperations().value ?? [];
  const actions = usePageActions();
  const pages = rail
    .flatMap((group) => group.entries)
    .filter((entry) => !entry.role || mayAnywhere(session, entry.role))
    .map((entry): PaletteEntry => ({ key: entry.to, text: entry.text, kind: "Page", icon: entry.icon, to: entry.to }));
  const made: PaletteEntry[] = mayAnywhere(session, "operator")
    ? [{ key: "new-stack", text: "New stack", kind: "Action", icon: "plus", to: "/stacks/new" }]
    : [];
  if (mayAnywhere(session, "admin")) made.push({ key: "new-server", text: "Add a server", kind: "Action", icon: "plus", to: "/servers/new" });
  return [
    ...actions.map((action): PaletteEntry => ({ key: `act:${action.text}`, text: action.text, kind: "Action", icon: action.icon ?? "right", act: action.act })),
    ...made,
    ...pages,
    { key: "/profile", text: "Profile", kind: "Page", icon: "user", to: "/profile" },
    ...stacks.flatMap((stack): PaletteEntry[] => [
      { key: stack.id, text: stack.id, kind: "Stack", icon: "stacks", to: path`/stacks/${stack.id}` },
      { key: `${stack.id}:logs`, text: `${stack.id} logs`, kind: "Stack", icon: "logs", to: path`/stacks/${stack.id}/logs` },
      { key: `${stack.id}:compose`, text: `${stack.id} files`, kind: "Stack", icon: "edit", to: path`/stacks/${stack.id}/compose` },
      { key: `${stack.id}:revisions`, text: `${stack.id} revisions`, kind: "Stack", icon: "branch", to: path`/stacks/${stack.id}/revisions` },
    ]),
    ...servers.map((server): PaletteEntry => ({ key: `@${server.name}`, text: server.name, kind: "Server", icon: "servers", to: path`/servers/${server.name}` })),
    ...operations.slice(0, 30).map((operation): PaletteEntry => ({
      key: operation.id, text: `${operationName(operation)} ${operation.id.slice(0, 8)}`, kind: "Operation", icon: "operations", to: `/operations/${operation.id}`,
    })),
  ];
}

/** Those that a first character asks for: `>` actions, `@` servers, `#` revisions. */
export function narrowed(entries: PaletteEntry[], typed: string): { entries: PaletteEntry[]; text: string } {
  const rest = typed.slice(1).trimStart();
  switch (typed[0]) {
    case ">": return { entries: entries.filter((entry) => entry.kind === "Action"), text: rest };
    case "@": return { entries: entries.filter((entry) => entry.kind === "Server"), text: rest };
    case "#": return { entries: entries.filter((entry) => entry.key.endsWith(":revisions")), text: rest };
    default: return { entries, text: typed };
  }
}
