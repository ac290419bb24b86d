import { isEnded } from "../../api/operations";
import type { Operation, Server, Stack } from "../../api/schema";
import { path } from "../../app/router";
import { statusKinds } from "../../parts/statusKinds";
import { operationName } from "../operation/operationName";

export interface Need {
  key: string;
  status: string;
  /** What it is about. */
  subject: string;
  text: string;
  /** The one thing to do. */
  act: { text: string; to: string };
}

const BAD = new Set<Stack["status"]>(["unhealthy", "partial"]);

/** What somebody has to look at: the worst first, each thing once. */
export function needsOf(stacks: Stack[], servers: Server[], operations: Operation[]): Need[] {
  const needs: Need[] = [];
  for (const server of servers) {
    if (server.link !== "away") continue;
    needs.push({
      key: `server:${server.name}`, status: "away", subject: server.name, text: `cannot be reached${server.reason ? `: ${firstLine(server.reason)}` : ""}`,
      act: { text: "Look at the server", to: path`/servers/${server.name}` },
    });
  }
  for (const stack of stacks) {
    if (stack.busy || !stack.reachable || !BAD.has(stack.status)) continue;
    needs.push({
      key: `stack:${stack.id}`, status: stack.status, subject: stack.id,
      text: stack.status === "partial" ? `${stack.running} of ${stack.containers} containers run` : (statusKinds[stack.status]?.word ?? stack.status),
      act: { text: "Open the stack", to: path`/stacks/${stack.id}` },
    });
  }
  return [...needs, ...failedLast(operations)];
}

/** Operations that failed, where nothing of the same kind went well on the same thing since. */
function failedLast(operations: Operation[]): Need[] {
  const seen = new Set<string>();
  const needs: Need[] = [];
  // Newest first, as the server gives them.
  for (const operation of operations) {
    if (!isEnded(operation) || operation.state === "cancelled") continue;
    const thing = `${operation.kind === "rollback" ? "deploy" : operation.kind}:${operation.stack ?? ""}@${operation.server ?? ""}`;
    if (seen.has(thing)) continue;
    seen.add(thing);
    if (operation.state === "done") continue;
    needs.push({
      key: operation.id, status: operation.state, subject: operationName(operation), text: operation.title === operation.kind ? "" : operation.title,
      act: { text: "See why", to: `/operations/${operation.id}` },
    });
  }
  return needs;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}
