import type { LogRecord, Problem } from "../api/schema";
import type { Connection, Handle } from "../stream/connection";
import type { FeatureInstance } from "../stream/features";
import type { Told } from "../stream/messages";
import { compile, NO_FILTER } from "./filter";
import { lineOf, markOf } from "./line";
import { LogStore } from "./LogStore";
import type { FromLogs, ToLogs } from "./messages";

/** The page is told of what is new at most so often. */
const PAUSE = 50;

/** The logs' part of the worker: it keeps the lines and the filter, and gives the page only what it shows. */
export function logs(connection: Connection, reply: (message: FromLogs) => void): FeatureInstance {
  const store = new LogStore();
  let handle: Handle | undefined;
  let view = { from: 0, count: 60, isFollowing: true };
  let filterError: string | null = null;
  let problem: Pick<Problem, "detail"> | null = null;
  let hasBegun = false;
  /** Only lines that fit the filter were loaded before the first one. */
  let hasSought = false;
  let seenDropped = 0;
  let revealed: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    timer = undefined;
    // What somebody looks at moves up with the rows that went; the page scrolls along.
    view = { ...view, from: Math.max(0, view.from - (store.droppedShown - seenDropped)) };
    seenDropped = store.droppedShown;
    const from = view.isFollowing ? Math.max(0, store.matches - view.count) : Math.min(view.from, Math.max(0, store.matches - 1));
    reply({
      rows: store.window(from, view.count), from, matches: store.matches, size: store.size, dropped: store.dropped, droppedShown: store.droppedShown, levels: [...store.levels],
      services: [...store.services], oldest: store.oldest?.time ?? null, revealed, hasBegun, filterError, problem,
    });
    revealed = null;
  }
  function soon(): void {
    timer ??= setTimeout(tell, PAUSE);
  }
  function now(): void {
    clearTimeout(timer);
    tell();
  }
  function take(told: Told): void {
    hasBegun = true;
    const time = new Date().toISOString();
    if (told.lines) store.add((told.lines as LogRecord[]).map(lineOf));
    if (typeof told.gap === "number") store.add([markOf(`${told.gap} lines were not sent: this page was too slow`, time)]);
    if (told.link === "lost") store.add([markOf(`the link to ${String(told.server ?? "the server")} is lost`, time)]);
    if (told.link === "back") store.add([markOf(`the link to ${String(told.server ?? "the server")} is back`, time)]);
    if (told.unreadable) store.add([markOf(`${String(told.source)} cannot be read: ${String(told.unreadable)}`, time)]);
    if ("source_ended" in told) store.add([markOf(endOf(told), time)]);
    if (told.error) problem = told.error;
    soon();
  }

  return {
    take(message) {
      const wish = message as ToLogs;
      switch (wish.do) {
        case "open":
          handle?.end();
          store.clear();
          problem = null;
          hasBegun = false;
          hasSought = false;
          handle = wish.targets.length > 0 ? connection.subscribe({ kind: "logs", targets: wish.targets, tail: wish.tail, follow: true, credit: 1 << 20 }, take) : undefined;
          return now();
        case "filter": {
          const made = compile(wish.filter ?? NO_FILTER);
          if ("error" in made) filterError = made.error;
          else {
            if (hasSought) store.forgetOlder();
            hasSought = false;
            filterError = store.setTest(made.test) ? null : "The expression is too slow.";
          }
          return now();
        }
        case "view":
          view = { from: wish.from, count: wish.count, isFollowing: wish.isFollowing };
          return now();
        case "older":
          store.addOlder(wish.lines);
          view = { ...view, isFollowing: false };
          hasSought ||= wish.isSought;
          return now();
        case "reveal": {
          const at = store.indexOf(wish.n);
          if (at < 0) return;
          revealed = at;
          view = { ...view, from: Math.max(0, at - Math.floor(view.count / 2)), isFollowing: false };
          return now();
        }
        case "clear":
          store.clear();
          return now();
      }
    },
    close() {
      clearTimeout(timer);
      handle?.end();
    },
  };
}

function endOf(told: Told): string {
  const code = told.source_ended;
  return typeof code === "number" ? `${String(told.source)} ended with ${code}` : `${String(told.source)} is gone`;
}
