import { call, idempotencyKey } from "../../api/client";
import { isEnded } from "../../api/operations";
import type { Operation } from "../../api/schema";
import { subscribe } from "../../stream/stream";

export interface Adopted {
  operation: Operation;
  /** The files say something else than what runs, and nobody has chosen: nothing was recorded. */
  undecided: readonly unknown[] | null;
}

/** Takes a project over, and waits until that is done or is asked back. */
export async function adoptProject(stack: string, prefer: "running" | "files" | undefined, takeOver: boolean): Promise<Adopted> {
  const begun = await call("POST /stacks/{stack}/adopt", { path: { stack }, body: { prefer, take_over: takeOver || undefined } }, { idempotencyKey: idempotencyKey() });
  await endOf(begun.id);
  const operation = await call("GET /operations/{operation}", { path: { operation: begun.id } });
  return { operation, undecided: isEnded(operation) ? undecidedOf(operation.result) : null };
}

/** What an adoption asks back: the entries that differ between what runs and the files. */
export function undecidedOf(result: unknown): readonly unknown[] | null {
  const undecided = memberOf(result, "undecided");
  const entries = memberOf(undecided, "entries");
  return Array.isArray(entries) ? entries : null;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** Also resolves when nothing more is told: the operation's own page follows it then. */
function endOf(operation: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = subscribe({ kind: "operation", operation }, (told) => {
      if (told.state === undefined && told.ended !== true && told.error === undefined) return;
      resolve();
      stop();
    });
  });
}
