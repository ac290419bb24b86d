import type { Test } from "./filter";
import type { Level, Line } from "./line";

/** So many lines are kept. */
export const KEPT_LINES = 100_000;
/** The oldest go in pieces: cutting the front of an array off is dear. */
const PIECE = 10_000;
/** A filter that takes longer is given up. */
const FILTER_LIMIT = 2000;

/** The last lines, and which of them fit the filter. */
export class LogStore {
  private lines: Line[] = [];
  private fitting: Line[] = [];
  private test: Test | null = null;
  private nextNumber = 0;
  readonly levels = new Map<Level, number>();
  readonly services = new Map<string, number>();
  /** Lines that had to go. */
  dropped = 0;
  /** Those of them that fitted the filter they were under, less those that came at the front: so far, what is shown moved up. */
  droppedShown = 0;

  constructor(private readonly limit = KEPT_LINES, private readonly piece = PIECE) {}

  get size(): number {
    return this.lines.length;
  }

  get matches(): number {
    return this.shown.length;
  }

  get oldest(): Line | undefined {
    // Rows of our own have the time of this browser.
    return this.lines.find((line) => !line.isMark);
  }

  private get shown(): Line[] {
    return this.test ? this.fitting : this.lines;
  }

  add(lines: Omit<Line, "n">[]): void {
    for (const line of lines) {
      const kept: Line = { ...line, n: this.nextNumber++ };
      this.lines.push(kept);
      this.count(kept, 1);
      if (this.test?.(kept)) this.fitting.push(kept);
    }
    if (this.lines.length > this.limit + this.piece) this.cut(this.lines.length - this.limit);
  }

  /** Lines from before the first one, oldest first. */
  addOlder(lines: Omit<Line, "n">[]): void {
    const first = (this.lines[0]?.n ?? this.nextNumber) - lines.length;
    const kept = lines.map((line, index): Line => ({ ...line, n: first + index }));
    for (const line of kept) this.count(line, 1);
    this.lines = [...kept, ...this.lines];
    const test = this.test;
    const fresh = test ? kept.filter((line) => test(line)) : kept;
    if (test) this.fitting = [...fresh, ...this.fitting];
    this.droppedShown -= fresh.length;
  }

  /** False: it took too long, and the last filter stays. */
  setTest(test: Test | null, now: () => number = () => performance.now()): boolean {
    const fitting: Line[] = [];
    if (test) {
      const end = now() + FILTER_LIMIT;
      for (let at = 0; at < this.lines.length; at += 1) {
        const line = this.lines[at];
        if (line && test(line)) fitting.push(line);
        if (at % 256 === 0 && now() > end) return false;
      }
    }
    this.test = test;
    this.fitting = fitting;
    return true;
  }

  /** Some of the lines that fit. */
  window(from: number, count: number): Line[] {
    return this.shown.slice(Math.max(0, from), Math.max(0, from) + count);
  }

  /** Where a line is among those that fit; -1: nowhere. */
  indexOf(n: number): number {
    let low = 0;
    let high = this.shown.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.shown[middle]?.n ?? 0;
      if (found === n) return middle;
      if (found < n) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** Lines that were sought before the first one: under another filter they would hide holes. */
  forgetOlder(): void {
    const first = this.lines.findIndex((line) => line.n >= 0);
    if (first <= 0) return;
    this.cut(first);
    this.dropped -= first;
  }

  clear(): void {
    this.dropped = 0;
    this.lines = [];
    this.fitting = [];
    this.levels.clear();
    this.services.clear();
  }

  private cut(count: number): void {
    const gone = this.lines.slice(0, count);
    this.lines = this.lines.slice(count);
    for (const line of gone) this.count(line, -1);
    this.dropped += count;
    const first = this.lines[0]?.n ?? this.nextNumber;
    if (!this.test) {
      this.droppedShown += count;
      return;
    }
    const at = this.fitting.findIndex((line) => line.n >= first);
    const left = at < 0 ? [] : this.fitting.slice(at);
    this.droppedShown += this.fitting.length - left.length;
    this.fitting = left;
  }

  private count(line: Line, change: number): void {
    if (line.isMark) return;
    this.levels.set(line.level, (this.levels.get(line.level) ?? 0) + change);
    this.services.set(line.service, (this.services.get(line.service) ?? 0) + change);
  }
}
