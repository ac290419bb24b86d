import type { Operation } from "../../api/schema";

export interface OutcomeWords {
  tone: "ok" | "warn" | "danger" | "info";
  words: string;
  /** What runs now, after something went wrong. */
  runsNow: string | null;
  cause: string | null;
  remedy: string | null;
}

const WORDS: Record<string, [OutcomeWords["tone"], string]> = {
  done: ["ok", "Done"],
  failed: ["danger", "Failed"],
  rolled_back: ["warn", "Rolled back"],
  cancelled: ["info", "Cancelled"],
  needs_attention: ["danger", "Somebody has to look at this"],
};

/** How an operation ended; null while it runs. */
export function outcomeOf(operation: Pick<Operation, "state" | "result" | "error">): OutcomeWords | null {
  const found = WORDS[operation.state];
  if (!found) return null;
  const result = members(operation.result);
  const error = members(operation.error);
  const runs = text(result.state);
  return {
    tone: found[0], words: found[1],
    runsNow: runs ? `${runs.charAt(0).toUpperCase()}${runs.slice(1)}.` : null,
    cause: text(result.reason) || text(error.detail) || text(error.message) || null,
    remedy: text(error.remedy) || null,
  };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
