import type { Operation } from "../../api/schema";

/** NAME@SERVER of an operation on a stack, as it was when it began. */
export function stackOf(operation: Pick<Operation, "stack" | "server">): string | null {
  if (!operation.stack) return null;
  return operation.server ? `${operation.stack}@${operation.server}` : operation.stack;
}

/** Where the stack is now that the operation has ended: a move takes it to another server. */
export function stackAfter(operation: Pick<Operation, "stack" | "server" | "kind" | "title" | "state">): string | null {
  const to = operation.kind === "move" && operation.state === "done" ? /^move to (\S+)$/.exec(operation.title)?.[1] : undefined;
  return stackOf({ stack: operation.stack, server: to ?? operation.server });
}
