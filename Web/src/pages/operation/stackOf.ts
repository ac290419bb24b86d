import type { Operation } from "../../api/schema";

/** NAME@SERVER of an operation on a stack. */
export function stackOf(operation: Pick<Operation, "stack" | "server">): string | null {
  if (!operation.stack) return null;
  return operation.server ? `${operation.stack}@${operation.server}` : operation.stack;
}
