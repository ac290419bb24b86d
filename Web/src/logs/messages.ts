import type { Problem } from "../api/schema";
import type { Target } from "../stream/messages";
import type { LogFilter } from "./filter";
import type { Gap, Level, Line } from "./line";

/** From the page to the logs' part of the worker. */
export type ToLogs =
  | { do: "open"; targets: Target[]; tail: number; since?: string; until?: string; keep?: number }
  | { do: "filter"; filter: LogFilter }
  | { do: "view"; from: number; count: number; isFollowing: boolean }
  | { do: "older"; lines: Omit<Line, "n">[]; isSought: boolean; gap?: Gap }
  | { do: "fill"; gap: number; lines: Omit<Line, "n">[]; rest: string | null }
  | { do: "fold"; head: number }
  | { do: "reveal"; n: number }
  | { do: "moment"; time: string }
  | { do: "seek"; from: number | null; step: 1 | -1 }
  | { do: "say"; n: number; text: string }
  | { do: "clear" };

/** A line that was asked for, where it is now. */
export interface Revealed {
  line: Line;
  place: number;
  /** Which hit it is; 0: none. */
  hit: number;
}

/** A container took the place of another; its revision is not known yet. */
export interface Replacement {
  n: number;
  source: string;
  server: string;
}

/** What is to be seen, at most once in 50 ms. */
export interface FromLogs {
  rows: Line[];
  /** The place of the first row among those that fit. */
  from: number;
  matches: number;
  size: number;
  hits: number;
  dropped: number;
  /** How many rows went at the top since the beginning: what is looked at moved up by so many. */
  droppedShown: number;
  arrived: number;
  arrivedErrors: number;
  levels: [Level, number][];
  services: [string, number][];
  /** The time of the oldest line: what is older is asked for before it. */
  oldest: string | null;
  /** A line that was asked for, once. */
  revealed: Revealed | null;
  /** Told once. */
  replacements: Replacement[];
  hasBegun: boolean;
  filterError: string | null;
  problem: Pick<Problem, "detail"> | null;
}
