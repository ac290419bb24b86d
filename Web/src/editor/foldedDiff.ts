/** A difference for a page: unchanged parts folded, side by side or in one column. */
import type { DiffRow } from "./lineDiff";

export type FoldedRow = DiffRow | { kind: "fold"; from: number; rows: DiffRow[] };

/** Unchanged lines that stay visible around a change. */
const context = 3;

/** Folds unchanged lines away from changes; `from` is the place of the fold's first row in `rows`. */
export function foldUnchanged(rows: readonly DiffRow[]): FoldedRow[] {
  const folded: FoldedRow[] = [];
  let index = 0;
  while (index < rows.length) {
    let end = index;
    while (end < rows.length && rows[end]?.kind === "same") end += 1;
    const first = index === 0 ? index : index + context;
    const last = end === rows.length ? end : end - context;
    if (last - first > 1) {
      folded.push(...rows.slice(index, first), { kind: "fold", from: first, rows: rows.slice(first, last) }, ...rows.slice(last, end));
    } else {
      folded.push(...rows.slice(index, end));
    }
    while (end < rows.length && rows[end]?.kind !== "same") {
      folded.push(rows[end] as DiffRow);
      end += 1;
    }
    index = end;
  }
  return folded;
}

export interface SideBySideRow {
  before: DiffRow | null;
  after: DiffRow | null;
}

/** Puts what was removed beside what came in its place. */
export function sideBySide(rows: readonly DiffRow[]): SideBySideRow[] {
  const pairs: SideBySideRow[] = [];
  let index = 0;
  while (index < rows.length) {
    const row = rows[index] as DiffRow;
    if (row.kind === "same") {
      pairs.push({ before: row, after: row });
      index += 1;
      continue;
    }
    const removed: DiffRow[] = [];
    const added: DiffRow[] = [];
    for (; rows[index]?.kind === "removed"; index += 1) removed.push(rows[index] as DiffRow);
    for (; rows[index]?.kind === "added"; index += 1) added.push(rows[index] as DiffRow);
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      pairs.push({ before: removed[at] ?? null, after: added[at] ?? null });
    }
  }
  return pairs;
}

/** How many lines were added and removed. */
export function countChanges(rows: readonly DiffRow[]): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const row of rows) {
    if (row.kind === "added") added += 1;
    if (row.kind === "removed") removed += 1;
  }
  return { added, removed };
}

/** Folded rows side by side. */
export function sideBySideFolded(rows: readonly FoldedRow[]): (SideBySideRow | Extract<FoldedRow, { kind: "fold" }>)[] {
  const pairs: (SideBySideRow | Extract<FoldedRow, { kind: "fold" }>)[] = [];
  let block: DiffRow[] = [];
  const flush = () => {
    pairs.push(...sideBySide(block));
    block = [];
  };
  for (const row of rows) {
    if (row.kind !== "fold") block.push(row);
    else {
      flush();
      pairs.push(row);
    }
  }
  flush();
  return pairs;
}

/** Puts the rows of opened folds back in their place. */
export function unfolded(rows: readonly FoldedRow[], opened: ReadonlySet<number>): FoldedRow[] {
  return rows.flatMap((row): FoldedRow[] => (row.kind === "fold" && opened.has(row.from) ? row.rows : [row]));
}
