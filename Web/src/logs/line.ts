import type { LogRecord } from "../api/schema";

export type Level = LogRecord["level"];

export const LEVELS: Level[] = ["error", "warn", "info", "debug", "trace", "none"];

/** One line as it is kept; `n` counts up and never changes, older ones that are loaded count down from the first. */
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
  /** A word of our own: a gap, a container that ended. */
  isMark?: boolean;
}

/** What the server sends, as a line. */
export function lineOf(record: LogRecord): Omit<Line, "n"> {
  return {
    time: record.time, source: record.source, service: record.service ?? record.source, stack: record.stack ?? "", server: record.server ?? "",
    stream: record.stream, level: record.level, text: record.text,
  };
}

/** A row of our own between the lines. */
export function markOf(text: string, time: string): Omit<Line, "n"> {
  return { time, source: "", service: "", stack: "", server: "", stream: "", level: "none", text, isMark: true };
}
