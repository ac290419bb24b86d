import type { LogPage } from "../api/schema";
import { clockText, count, exactText } from "../parts/format";

/** What was loaded from before the first line. */
export interface Sought {
  to: string | null;
  reason: LogPage["reason"];
  found: number;
  /** By a filter. */
  isSearch: boolean;
}

/** How far it was searched, and why not further. */
export function soughtText({ to, reason, found, isSearch }: Sought, isBusy: boolean): string {
  const at = to === null ? null : Date.parse(to);
  if (isBusy) return at === null ? "searching…" : `searching… back to ${clockText(at)}`;
  const lines = isSearch ? count(found, "older match", "older matches") : count(found, "older line");
  if (reason === "end") return `${lines}, searched all`;
  const back = at === null ? "" : `, searched to ${exactText(at)}`;
  return `${lines}${back} (${reason === "deadline" ? "not finished" : "limit"})`;
}
