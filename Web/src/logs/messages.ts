import type { Problem } from "../api/schema";
import type { Target } from "../stream/messages";
import type { LogFilter } from "./filter";
import type { Level, Line } from "./line";

/** From the page to the logs' part of the worker. */
export type ToLogs =
  | { do: "open"; targets: Target[]; tail: number }
  | { do: "filter"; filter: LogFilter }
  | { do: "view"; from: number; count: number; isFollowing: boolean }
  | { do: "older"; lines: Omit<Line, "n">[]; isSought: boolean }
  | { do: "reveal"; n: number }
  | { do: "clear" };

/** What is to be seen, at most once in 50 ms. */
export interface FromLogs {
  rows: Line[];
  /** The place of the first row among those that fit. */
  from: number;
  matches: number;
  size: number;
  dropped: number;
  /** How many rows went at the top since the beginning: what is looked at moved up by so many. */
  droppedShown: number;
  levels: [Level, number][];
  services: [string, number][];
  /** The time of the oldest line: what is older is asked for before it. */
  oldest: string | null;
  /** The place of a line that was asked for, once. */
  revealed: number | null;
  hasBegun: boolean;
  filterError: string | null;
  problem: Pick<Problem, "detail"> | null;
}
