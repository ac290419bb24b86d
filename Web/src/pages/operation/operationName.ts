import type { Operation } from "../../api/schema";

/** What an operation is called in lists: "Deploy media@nas". */
export function operationName(operation: Pick<Operation, "kind" | "stack" | "server">): string {
  const kind = operation.kind.charAt(0).toUpperCase() + operation.kind.slice(1).replaceAll("_", " ").replaceAll(".", " ");
  const what = operation.stack ? [operation.stack, operation.server].filter(Boolean).join("@") : operation.server;
  return what ? `${kind} ${what}` : kind;
}
