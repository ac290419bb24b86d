import type { LogRecord } from "../api/schema";

export type Level = LogRecord["level"];

export const LEVELS: Level[] = ["error", "warn", "info", "debug", "trace", "none"];

/** One line as it is kept; `n` counts up and never changes. Older ones that are loaded count down from the first, those that fill a gap have fractions. */
export interface Line {
  n: number;
  time: string;
  source: string;
  service: string;
  stack: string;
  server: string;
  stream: string;
  level: Level;
  text: string;
  /** It goes on with the entry of the line before. */
  isContinued?: boolean;
  /** A word of our own: a gap, a container that ended. */
  isMark?: boolean;
  gap?: Gap;
  fold?: Fold;
}

/** Lines that are not here, between two moments. */
export interface Gap {
  from: string;
  /** Told when the row is shown: the time of the line behind it. */
  to?: string;
  /** Only lines of this container are missing. */
  source?: string;
}

/** An entry of many lines, at the last one that is always shown. */
export interface Fold {
  head: number;
  more: number;
  isOpen: boolean;
}

/** What the server sends, as a line. */
export function lineOf(record: LogRecord): Omit<Line, "n"> {
  return {
    time: record.time, source: record.source, service: record.service ?? record.source, stack: record.stack ?? "", server: record.server ?? "",
    stream: record.stream, level: record.level, text: record.text, ...(record.continued && { isContinued: true }),
  };
}

/** A row of our own between the lines. */
export function markOf(text: string, time: string, gap?: Gap): Omit<Line, "n"> {
  return { time, source: "", service: "", stack: "", server: "", stream: "", level: "none", text, isMark: true, ...(gap && { gap }) };
}
