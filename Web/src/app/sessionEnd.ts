import type { Session } from "../api/schema";

export interface SessionEnd {
  /** Milliseconds of 1970. */
  at: number;
  /** A call puts it off; else only a new login does. */
  isIdle: boolean;
}

/** So long before its end somebody is told. */
export const WARNED_BEFORE = 120_000;

/** When a session ends if nothing is done; null: it does not by itself. */
export function endOf(session: Pick<Session, "ends_at" | "idle_seconds">, lastCallAt: number): SessionEnd | null {
  const hard = session.ends_at ? Date.parse(session.ends_at) : Infinity;
  const idle = session.idle_seconds ? lastCallAt + session.idle_seconds * 1000 : Infinity;
  const at = Math.min(hard, idle);
  return Number.isFinite(at) ? { at, isIdle: idle < hard } : null;
}
