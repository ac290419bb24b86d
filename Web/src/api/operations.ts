import { useLive, type Live } from "../stream/live";
import type { LiveEvent } from "../stream/messages";
import { call } from "./client";
import type { Operation } from "./schema";

const ENDS = new Set(["done", "failed", "rolled_back", "cancelled", "needs_attention"]);

/** Whether nothing more comes of an operation. */
export function isEnded(operation: Pick<Operation, "state">): boolean {
  return ENDS.has(operation.state);
}

/** An operation of a list, as an event changes it; one that is not in the list is loaded with the list. */
export function changeOperations(list: Operation[], event: LiveEvent): Operation[] | "reload" {
  if (event.event !== "operation.changed") return list;
  const at = list.findIndex((operation) => operation.id === event.operation);
  const known = list[at];
  if (!known || ENDS.has(String(event.state))) return "reload";
  if (known.state === event.state) return list;
  const next = list.slice();
  next[at] = { ...known, state: event.state as Operation["state"] };
  return next;
}

/** The newest operations, of everything or of one stack. */
export function useOperations(where: { stack?: string; server?: string } = {}, limit = 50): Live<Operation[]> {
  return useLive(
    `operations:${where.server ?? ""}:${where.stack ?? ""}:${limit}`,
    async (signal) => (await call("GET /operations", { query: { ...asQuery(where), limit } }, { signal })).items,
    (list, event) => (concerns(event, where) ? changeOperations(list, event) : list),
  );
}

/** A stack as the list of operations takes it: its name, and its server beside it. */
export function asQuery(where: { stack?: string; server?: string }): { stack?: string; server?: string } {
  const [stack, server] = where.stack?.split("@") ?? [];
  return { stack, server: server ?? where.server };
}

/** Those that have not ended. */
export function useRunningOperations(): Live<Operation[]> {
  const live = useOperations();
  return { ...live, value: live.value?.filter((operation) => !isEnded(operation)) };
}

function concerns(event: LiveEvent, where: { stack?: string; server?: string }): boolean {
  if (!where.stack) return !where.server || event.server === where.server;
  const [name, server] = where.stack.split("@");
  return event.stack === name && (!server || event.server === server);
}
