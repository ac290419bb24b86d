import type { AuditEntry } from "../../api/schema";

/** Which entries are wanted; only what was asked for is a member. */
export interface AuditFilter {
  actor?: string;
  action?: string;
  target?: string;
  outcome?: AuditEntry["outcome"];
  since?: string;
  until?: string;
}

const outcomes = ["ok", "denied", "failed"] as const;

/** The filter in the address; days become moments, the last one with all of it. */
export function filterOf(query: URLSearchParams): AuditFilter {
  const filter: AuditFilter = {};
  for (const name of ["actor", "action", "target"] as const) {
    const value = query.get(name);
    if (value) filter[name] = value;
  }
  const outcome = outcomes.find((each) => each === query.get("outcome"));
  if (outcome) filter.outcome = outcome;
  const since = momentOf(query.get("since"), "00:00:00");
  const until = momentOf(query.get("until"), "23:59:59");
  if (since) filter.since = since;
  if (until) filter.until = until;
  return filter;
}

/** A day (2026-11-23) at a time of the user's zone, as the API takes it; null: it is none. */
export function momentOf(day: string | null, time: string): string | null {
  if (!day || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const moment = new Date(`${day}T${time}`);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}

const columns = ["sequence", "at", "actor", "credential", "address", "way", "action", "target", "outcome", "request_id", "detail", "hash"] as const;

/** Entries as CSV (RFC 4180). A value that a table program would take for a formula gets an apostrophe in front. */
export function csvOf(entries: readonly AuditEntry[]): string {
  const rows = entries.map((entry) => columns.map((column) => cell(column === "detail" ? JSON.stringify(entry.detail) : entry[column])));
  return [columns.join(","), ...rows.map((row) => row.join(","))].map((line) => `${line}\r\n`).join("");
}

function cell(value: unknown): string {
  const text = value == null ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** Entries as JSON lines. */
export function jsonLinesOf(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
