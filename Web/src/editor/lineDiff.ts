/** The difference of two texts by lines (E. W. Myers, "An O(ND) Difference Algorithm", 1986), as rows for a page. */

export type DiffRow =
  | { kind: "same"; before: number; after: number; text: string }
  | { kind: "removed"; before: number; text: string; words?: WordPart[] }
  | { kind: "added"; after: number; text: string; words?: WordPart[] };

/** A part of a changed line; `changed` parts are not in the other line. */
export interface WordPart {
  text: string;
  changed: boolean;
}

/** Over so many edits the middle is shown as removed and added whole: the time is quadratic in them. */
const editLimit = 2000;
/** Lines over this length are compared as a whole. */
const wordLineLimit = 2000;

/** The lines of a text; a line feed at the end makes no line of its own. */
export function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

export function lineDiff(before: string, after: string): DiffRow[] {
  const left = linesOf(before);
  const right = linesOf(after);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) {
    leftEnd -= 1;
    rightEnd -= 1;
  }
  const rows: DiffRow[] = [];
  const same = (from: number, to: number, shift: number) => {
    for (let at = from; at < to; at += 1) {
      rows.push({ kind: "same", before: at + 1, after: at + shift + 1, text: left[at] ?? "" });
    }
  };
  same(0, start, 0);
  let x = start;
  let y = start;
  for (const edit of shortestEdits(left.slice(start, leftEnd), right.slice(start, rightEnd))) {
    if (edit === "same") {
      rows.push({ kind: "same", before: x + 1, after: y + 1, text: left[x] ?? "" });
      x += 1;
      y += 1;
    } else if (edit === "removed") {
      rows.push({ kind: "removed", before: x + 1, text: left[x] ?? "" });
      x += 1;
    } else {
      rows.push({ kind: "added", after: y + 1, text: right[y] ?? "" });
      y += 1;
    }
  }
  same(leftEnd, left.length, rightEnd - leftEnd);
  return markWords(rows);
}

type Edit = "same" | "removed" | "added";

function shortestEdits(left: readonly string[], right: readonly string[]): Edit[] {
  const whole = (): Edit[] => [...left.map((): Edit => "removed"), ...right.map((): Edit => "added")];
  if (left.length === 0 || right.length === 0) return whole();
  const limit = Math.min(left.length + right.length, editLimit);
  const offset = limit + 1;
  const furthest = new Int32Array(2 * limit + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= limit; d += 1) {
    trace.push(furthest.slice(offset - d - 1, offset + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && at(furthest, offset + k - 1) < at(furthest, offset + k + 1));
      let x = down ? at(furthest, offset + k + 1) : at(furthest, offset + k - 1) + 1;
      while (x < left.length && x - k < right.length && left[x] === right[x - k]) x += 1;
      furthest[offset + k] = x;
      if (x >= left.length && x - k >= right.length) return walkBack(trace, left.length, right.length);
    }
  }
  return whole();
}

function walkBack(trace: readonly Int32Array[], leftLength: number, rightLength: number): Edit[] {
  const edits: Edit[] = [];
  let x = leftLength;
  let y = rightLength;
  for (let d = trace.length - 1; d > 0; d -= 1) {
    const row = trace[d] as Int32Array;
    const middle = d + 1; // where k = 0 lies in this row
    const k = x - y;
    const down = k === -d || (k !== d && at(row, middle + k - 1) < at(row, middle + k + 1));
    const previousK = down ? k + 1 : k - 1;
    const previousX = at(row, middle + previousK);
    const previousY = previousX - previousK;
    while (x > previousX && y > previousY) {
      edits.push("same");
      x -= 1;
      y -= 1;
    }
    edits.push(down ? "added" : "removed");
    x = previousX;
    y = previousY;
  }
  for (; x > 0; x -= 1) edits.push("same");
  return edits.reverse();
}

function at(row: Int32Array, index: number): number {
  return row[index] ?? 0;
}

/** Marks the changed words where as many lines were removed as were added in their place. */
function markWords(rows: DiffRow[]): DiffRow[] {
  let index = 0;
  while (index < rows.length) {
    const begin = index;
    while (rows[index]?.kind === "removed") index += 1;
    const middle = index;
    while (rows[index]?.kind === "added") index += 1;
    if (index === begin) index += 1;
    if (middle - begin !== index - middle) continue;
    for (let pair = 0; pair < middle - begin; pair += 1) {
      const removed = rows[begin + pair];
      const added = rows[middle + pair];
      if (removed?.kind !== "removed" || added?.kind !== "added") continue;
      const parts = wordDiff(removed.text, added.text);
      if (parts === null) continue;
      removed.words = parts.before;
      added.words = parts.after;
    }
  }
  return rows;
}

/** The words that differ between two lines; null when they have nothing in common. */
export function wordDiff(before: string, after: string): { before: WordPart[]; after: WordPart[] } | null {
  if (before.length > wordLineLimit || after.length > wordLineLimit) return null;
  const left = wordsOf(before);
  const right = wordsOf(after);
  const edits = shortestEdits(left, right);
  const parts = { before: [] as WordPart[], after: [] as WordPart[] };
  let x = 0;
  let y = 0;
  let common = 0;
  for (const edit of edits) {
    if (edit === "same") {
      const word = left[x] ?? "";
      common += word.trim().length;
      append(parts.before, word, false);
      append(parts.after, word, false);
      x += 1;
      y += 1;
    } else if (edit === "removed") {
      append(parts.before, left[x] ?? "", true);
      x += 1;
    } else {
      append(parts.after, right[y] ?? "", true);
      y += 1;
    }
  }
  return common === 0 ? null : parts;
}

function wordsOf(line: string): string[] {
  return line.match(/[\p{L}\p{N}_]+|\s+|./gu) ?? [];
}

function append(parts: WordPart[], text: string, changed: boolean): void {
  const last = parts[parts.length - 1];
  if (last !== undefined && last.changed === changed) last.text += text;
  else parts.push({ text, changed });
}
