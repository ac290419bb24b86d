import type { Test } from "./filter";
import { Folding } from "./Folding";
import { KEPT_LINES } from "./limits";
import type { Level, Line } from "./line";
import { placeOf } from "./moments";

/** The oldest go in pieces: cutting the front of an array off is dear. */
const PIECE = 10_000;
/** A filter that takes longer is given up. */
const FILTER_LIMIT = 2000;
/** Numbers closer than this cannot be told apart among many lines. */
const LEAST_STEP = 1e-6;

/** The last lines, and which of them fit the filter. */
export class LogStore {
  private lines: Line[] = [];
  /** Those that are shown; null: all of them. */
  private fitting: Line[] | null = null;
  /** Numbers of those in which the sought text is. */
  private hitNumbers: number[] = [];
  private test: Test | null = null;
  private hit: Test | null = null;
  private nextNumber = 0;
  private readonly folding = new Folding();
  readonly levels = new Map<Level, number>();
  readonly services = new Map<string, number>();
  /** Lines that had to go. */
  dropped = 0;
  /** Those of them that fitted the filter they were under, less those that came at the front: so far, what is shown moved up. */
  droppedShown = 0;
  /** Lines that came as they were written, and errors among them. */
  arrived = 0;
  arrivedErrors = 0;

  constructor(public limit = KEPT_LINES, private readonly piece = PIECE) {}

  get size(): number {
    return this.lines.length;
  }

  /** The number of the line that came last. */
  get lastNumber(): number {
    return this.nextNumber - 1;
  }

  get matches(): number {
    return this.shown.length;
  }

  get hits(): number {
    return this.hitNumbers.length;
  }

  get oldest(): Line | undefined {
    // Rows of our own have the time of this browser.
    return this.lines.find((line) => !line.isMark);
  }

  private get shown(): Line[] {
    return this.fitting ?? this.lines;
  }

  /** False: the filter took too long for them, and is gone. */
  add(lines: Omit<Line, "n">[], now: () => number = () => performance.now()): boolean {
    const end = now() + FILTER_LIMIT;
    let isInTime = true;
    for (const line of lines) {
      if (isInTime && (this.test || this.hit) && now() > end) {
        isInTime = false;
        this.setTest(null);
      }
      const kept: Line = { ...line, n: this.nextNumber++ };
      this.lines.push(kept);
      this.count(kept, 1);
      if (!kept.isMark) {
        this.arrived += 1;
        if (kept.level === "error") this.arrivedErrors += 1;
      }
      this.folding.take(kept);
      if (!this.fitting && this.isFolded(kept)) this.fitting = this.lines.slice(0, -1);
      else if (this.fitting && this.fits(kept)) this.fitting.push(kept);
      if (this.hit && this.isHit(kept)) this.hitNumbers.push(kept.n);
    }
    if (this.lines.length > this.limit + this.piece) this.cut(this.lines.length - this.limit);
    return isInTime;
  }

  /** Lines from before the first one, oldest first. */
  addOlder(lines: Omit<Line, "n">[]): void {
    const first = Math.floor(this.lines[0]?.n ?? this.nextNumber) - lines.length;
    const kept = lines.map((line, index): Line => ({ ...line, n: first + index }));
    this.lines = [...kept, ...this.lines];
    this.takeOlder(kept);
    const fresh = kept.filter((line) => this.fits(line));
    if (this.fitting) this.fitting = [...fresh, ...this.fitting];
    else if (fresh.length < kept.length) this.fitting = [...fresh, ...this.lines.slice(kept.length)];
    this.hitNumbers = [...kept.filter((line) => this.isHit(line)).map((line) => line.n), ...this.hitNumbers];
    this.droppedShown -= fresh.length;
  }

  /** Puts lines where a gap was; `rest`: the gap goes on from that moment. False: there is no room left between the numbers. */
  fill(gap: number, lines: Omit<Line, "n">[], rest: { text: string; from: string } | null): boolean {
    const at = this.indexIn(this.lines, gap);
    const mark = this.lines[at];
    if (!mark?.gap) return false;
    const low = this.lines[at - 1]?.n ?? gap - 2 * lines.length - 2;
    const step = (gap - low) / 2 / (lines.length + 1);
    if (step < LEAST_STEP) return false;
    const kept = lines.map((line, index): Line => ({ ...line, n: low + step * (index + 1) }));
    const left = rest ? [{ ...mark, text: rest.text, gap: { ...mark.gap, from: rest.from } }] : [];
    this.lines = [...this.lines.slice(0, at), ...kept, ...left, ...this.lines.slice(at + 1)];
    this.takeOlder(kept);
    this.fitAgain();
    return true;
  }

  /** False: it took too long, and the last filter stays. `hit` says in which lines the sought text is. */
  setTest(test: Test | null, now: () => number = () => performance.now(), hit: Test | null = null): boolean {
    const end = now() + FILTER_LIMIT;
    const fitting: Line[] = [];
    const hits: number[] = [];
    const isFolding = !hit && this.folding.hasFolds;
    if (test || hit || isFolding) {
      for (let at = 0; at < this.lines.length; at += 1) {
        const line = this.lines[at];
        if (line && (!test || test(line)) && !(isFolding && this.folding.isHidden(line.n))) {
          fitting.push(line);
          if (hit && !line.isMark && hit(line)) hits.push(line.n);
        }
        if (now() > end) return false;
      }
    }
    this.test = test;
    this.hit = hit;
    this.fitting = test || isFolding ? fitting : null;
    this.hitNumbers = hits;
    return true;
  }

  /** Shows or hides the rest of a long entry. */
  toggleFold(head: number): void {
    this.folding.toggle(head);
    this.fitAgain();
  }

  /** Another text for a row of our own. */
  say(n: number, text: string): void {
    const line = this.lines[this.indexIn(this.lines, n)];
    if (line?.isMark) line.text = text;
  }

  /** Some of the lines that fit, with what the page must know of them. */
  window(from: number, count: number): Line[] {
    return this.shown.slice(Math.max(0, from), Math.max(0, from) + count).map((line) => {
      if (line.gap) return { ...line, gap: { ...line.gap, to: this.timeBehind(line) } };
      const fold = this.hit ? undefined : this.folding.at(line.n);
      return fold ? { ...line, fold } : line;
    });
  }

  /** Where a line is among those that are shown; -1: nowhere. */
  indexOf(n: number): number {
    return this.indexIn(this.shown, n);
  }

  /** The line that is shown at a moment, or the first one behind it. */
  lineAt(time: string): Line | undefined {
    return this.shown[placeOf(this.shown, time)];
  }

  /** The next hit from a line on, or the one before it; null: from the end. */
  seek(from: number | null, step: 1 | -1): number | undefined {
    const hits = this.hitNumbers;
    if (from === null) return step > 0 ? hits[0] : hits[hits.length - 1];
    const behind = lowerBound(hits, from);
    return step < 0 ? hits[behind - 1] : hits[hits[behind] === from ? behind + 1 : behind];
  }

  /** Which hit a line is, from 1; 0: none. */
  hitNumber(n: number): number {
    const at = lowerBound(this.hitNumbers, n);
    return this.hitNumbers[at] === n ? at + 1 : 0;
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
    this.fitting = this.test ? [] : null;
    this.hitNumbers = [];
    this.levels.clear();
    this.services.clear();
    this.folding.clear();
  }

  private fits(line: Line): boolean {
    return (!this.test || this.test(line)) && !this.isFolded(line);
  }

  private isFolded(line: Line): boolean {
    // What is sought is never hidden.
    return !this.hit && this.folding.isHidden(line.n);
  }

  private isHit(line: Line): boolean {
    return this.hit !== null && !line.isMark && this.fits(line) && this.hit(line);
  }

  private fitAgain(): void {
    this.fitting = this.test || (!this.hit && this.folding.hasFolds) ? this.lines.filter((line) => this.fits(line)) : null;
    if (this.hit) this.hitNumbers = this.lines.filter((line) => this.isHit(line)).map((line) => line.n);
  }

  private takeOlder(lines: Line[]): void {
    for (const line of lines) this.count(line, 1);
    this.folding.takeApart(lines);
  }

  private timeBehind(gap: Line): string | undefined {
    return this.lines.slice(this.indexIn(this.lines, gap.n) + 1).find((line) => !line.isMark)?.time;
  }

  private indexIn(lines: Line[], n: number): number {
    const at = lowerBound(lines, n, (line) => line.n);
    return lines[at]?.n === n ? at : -1;
  }

  private cut(count: number): void {
    const gone = this.lines.slice(0, count);
    this.lines = this.lines.slice(count);
    for (const line of gone) this.count(line, -1);
    this.dropped += count;
    const first = this.lines[0]?.n ?? this.nextNumber;
    this.folding.forget(first);
    if (this.hitNumbers.length > 0) this.hitNumbers = this.hitNumbers.slice(lowerBound(this.hitNumbers, first));
    if (!this.fitting) {
      this.droppedShown += count;
      return;
    }
    const at = lowerBound(this.fitting, first, (line) => line.n);
    this.droppedShown += at;
    this.fitting = this.fitting.slice(at);
  }

  private count(line: Line, change: number): void {
    if (line.isMark) return;
    this.levels.set(line.level, (this.levels.get(line.level) ?? 0) + change);
    this.services.set(line.service, (this.services.get(line.service) ?? 0) + change);
  }
}

/** The place of the first item whose number is not below. */
function lowerBound(items: number[], number: number): number;
function lowerBound<Item>(items: Item[], number: number, of: (item: Item) => number): number;
function lowerBound<Item>(items: Item[], number: number, of: (item: Item) => number = (item) => item as number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && of(item) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
