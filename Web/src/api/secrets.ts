import { useLive, type Live } from "../stream/live";
import { call } from "./client";
import type { Variable } from "./schema";
import { isOfStack } from "./stacks";

/** Names of the sealed variables of a stack; null: nobody asks. */
export function useSecrets(stack: string | null): Live<Record<string, Variable>> {
  return useLive(
    stack === null ? null : `stack:${stack}:secrets`, (signal) => call("GET /stacks/{stack}/secrets", { path: { stack: stack ?? "" } }, { signal }),
    (value, event) => (stack !== null && isOfStack(event, stack) && event.event === "stack.files" ? "reload" : value),
  );
}
