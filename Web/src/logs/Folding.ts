import type { Fold, Line } from "./line";

/** So many lines of one entry are shown before somebody asks for the rest. */
export const FOLD_AFTER = 20;

interface Entry {
  head: number;
  lines: number;
  isOpen: boolean;
}

/** Which lines belong together as one entry, each container's for itself, and which of them are hidden. */
export class Folding {
  /** The entry that each container is at. */
  private current = new Map<string, Entry>();
  /** Long ones by their first line. */
  private readonly long = new Map<number, Entry>();
  /** Places of lines within their entries, of long ones only. */
  private readonly places = new Map<number, { entry: Entry; place: number }>();

  get hasFolds(): boolean {
    return this.long.size > 0;
  }

  take(line: Line): void {
    if (line.isMark) return;
    const key = `${line.server}/${line.source}`;
    const known = this.current.get(key);
    if (!line.isContinued || !known) {
      this.current.set(key, { head: line.n, lines: 1, isOpen: false });
      return;
    }
    known.lines += 1;
    if (known.lines < FOLD_AFTER) return;
    this.places.set(line.n, { entry: known, place: known.lines });
    if (known.lines > FOLD_AFTER) this.long.set(known.head, known);
  }

  /** Lines from another time: their entries do not go on in those that come. */
  takeApart(lines: Line[]): void {
    const present = this.current;
    this.current = new Map();
    for (const line of lines) this.take(line);
    this.current = present;
  }

  isHidden(n: number): boolean {
    const found = this.places.get(n);
    return found !== undefined && found.place > FOLD_AFTER && !found.entry.isOpen;
  }

  /** What is said at the last line that is always shown. */
  at(n: number): Fold | undefined {
    const found = this.places.get(n);
    if (!found || found.place !== FOLD_AFTER || found.entry.lines === FOLD_AFTER) return undefined;
    return { head: found.entry.head, more: found.entry.lines - FOLD_AFTER, isOpen: found.entry.isOpen };
  }

  toggle(head: number): void {
    const entry = this.long.get(head);
    if (entry) entry.isOpen = !entry.isOpen;
  }

  /** Lines before this one are gone. */
  forget(first: number): void {
    if (this.places.size === 0) return;
    for (const n of this.places.keys()) {
      if (n < first) this.places.delete(n);
    }
    const left = new Set(Array.from(this.places.values(), ({ entry }) => entry.head));
    for (const head of this.long.keys()) {
      if (!left.has(head)) this.long.delete(head);
    }
  }

  clear(): void {
    this.current.clear();
    this.long.clear();
    this.places.clear();
  }
}
