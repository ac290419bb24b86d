/** So many logs can be beside each other. */
export const MOST_PANES = 4;

/** Members of the address that each pane has for itself. */
const MEMBERS = ["source", "query", "exclude", "case", "hits", "levels", "service", "stream", "field", "at"];

/** How many panes an address has. */
export function paneCount(query: URLSearchParams): number {
  const wanted = Number(query.get("panes") ?? "1");
  return Number.isInteger(wanted) ? Math.min(MOST_PANES, Math.max(1, wanted)) : 1;
}

/** Behind the names of its members; the first has them as they are. */
export function suffixOf(pane: number): string {
  return pane === 0 ? "" : String(pane + 1);
}

/** What changes in the address when one goes: those behind it move up. */
export function withoutPane(query: URLSearchParams, pane: number): Record<string, string | null> {
  const count = paneCount(query);
  const changes: Record<string, string | null> = { panes: count > 2 ? String(count - 1) : null };
  for (let at = pane; at < count; at += 1) {
    for (const member of MEMBERS) changes[member + suffixOf(at)] = at + 1 < count ? query.get(member + suffixOf(at + 1)) : null;
  }
  return changes;
}
