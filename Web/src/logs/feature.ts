import type { LogRecord, Problem } from "../api/schema";
import type { Connection, Handle } from "../stream/connection";
import type { FeatureInstance } from "../stream/features";
import type { Told } from "../stream/messages";
import { compile, NO_FILTER } from "./filter";
import { gapText } from "./gapText";
import { KEPT_LINES } from "./limits";
import { lineOf, markOf } from "./line";
import { LogStore } from "./LogStore";
import type { FromLogs, Replacement, Revealed, ToLogs } from "./messages";

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
  let revealed: Revealed | null = null;
  let replacements: Replacement[] = [];
  /** Containers that are gone, and may come again under their name. */
  const gone = new Set<string>();
  let lastTime = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  function tell(): void {
    timer = undefined;
    // What somebody looks at moves up with the rows that went; the page scrolls along.
    view = { ...view, from: Math.max(0, view.from - (store.droppedShown - seenDropped)) };
    seenDropped = store.droppedShown;
    const from = view.isFollowing ? Math.max(0, store.matches - view.count) : Math.min(view.from, Math.max(0, store.matches - 1));
    reply({
      rows: store.window(from, view.count), from, matches: store.matches, size: store.size, hits: store.hits, dropped: store.dropped, droppedShown: store.droppedShown,
      arrived: store.arrived, arrivedErrors: store.arrivedErrors, levels: [...store.levels], services: [...store.services], oldest: store.oldest?.time ?? null,
      revealed, replacements, hasBegun, filterError, problem,
    });
    revealed = null;
    replacements = [];
  }
  function soon(): void {
    timer ??= setTimeout(tell, PAUSE);
  }
  function now(): void {
    clearTimeout(timer);
    tell();
  }
  function mark(text: string): void {
    store.add([markOf(text, lastTime || new Date().toISOString())]);
  }
  function replaced(source: string, server: string): void {
    gone.delete(`${server}/${source}`);
    mark(`${source} replaced`);
    replacements.push({ n: store.lastNumber, source, server });
  }
  function take(told: Told): void {
    hasBegun = true;
    const server = typeof told.server === "string" ? told.server : "";
    if (told.lines) takeLines(told.lines as LogRecord[]);
    if (typeof told.replaced === "string") replaced(String(told.source), server);
    if (typeof told.gap === "number") {
      const source = typeof told.source === "string" ? told.source : undefined;
      store.add([lastTime ? markOf(gapText(told.gap), lastTime, { from: lastTime, source }) : markOf(gapText(told.gap), new Date().toISOString())]);
    }
    if (told.link === "lost") mark(`the link to ${server || "the server"} is lost`);
    if (told.link === "back") mark(`the link to ${server || "the server"} is back`);
    if (told.unreadable) mark(`${String(told.source)} cannot be read: ${String(told.unreadable)}`);
    if ("source_ended" in told) {
      if (told.source_ended === null) gone.add(`${server}/${String(told.source)}`);
      mark(endOf(told));
    }
    if (told.error) problem = told.error;
    soon();
  }
  function takeLines(records: LogRecord[]): void {
    // The server may have forgotten the old one before the new one came.
    const news = gone.size > 0 ? records.find((record) => gone.has(`${record.server ?? ""}/${record.source}`)) : undefined;
    if (news) replaced(news.source, news.server ?? "");
    if (!store.add(records.map(lineOf))) filterError = "pattern too slow: it was taken off, all lines are shown";
    lastTime = records[records.length - 1]?.time ?? lastTime;
  }
  /** Shows a line in the middle. */
  function show(n: number | undefined): void {
    const place = n === undefined ? -1 : store.indexOf(n);
    const line = place < 0 ? undefined : store.window(place, 1)[0];
    if (!line) return;
    revealed = { line, place, hit: store.hitNumber(line.n) };
    view = { ...view, from: Math.max(0, place - Math.floor(view.count / 2)), isFollowing: false };
    now();
  }

  return {
    take(message) {
      const wish = message as ToLogs;
      switch (wish.do) {
        case "open": {
          handle?.end();
          store.clear();
          store.limit = wish.keep ?? KEPT_LINES;
          problem = null;
          hasBegun = false;
          hasSought = false;
          lastTime = "";
          gone.clear();
          const { targets, tail, since, until } = wish;
          const range = { ...(since && { since }), ...(until && { until }) };
          handle = targets.length > 0 ? connection.subscribe({ kind: "logs", targets, tail, follow: !until, begin: true, credit: 1 << 20, ...range }, take) : undefined;
          return now();
        }
        case "filter": {
          const made = compile(wish.filter ?? NO_FILTER);
          if ("error" in made) filterError = made.error;
          else {
            if (hasSought) store.forgetOlder();
            hasSought = false;
            filterError = store.setTest(made.test, undefined, made.hit) ? null : "pattern too slow: the last result stays";
          }
          return now();
        }
        case "view":
          view = { from: wish.from, count: wish.count, isFollowing: wish.isFollowing };
          return now();
        case "older":
          store.addOlder(wish.gap ? [...wish.lines, markOf(gapText(null), wish.gap.from, wish.gap)] : wish.lines);
          view = { ...view, isFollowing: false };
          hasSought ||= wish.isSought;
          return now();
        case "fill": {
          const isFilled = store.fill(wish.gap, wish.lines, wish.rest === null ? null : { text: gapText(null), from: wish.rest });
          return isFilled ? show(store.lineAt(wish.lines[0]?.time ?? "")?.n) : now();
        }
        case "fold":
          store.toggleFold(wish.head);
          return now();
        case "reveal":
          return show(wish.n);
        case "moment":
          return show(store.lineAt(wish.time)?.n);
        case "seek":
          return show(store.seek(wish.from, wish.step));
        case "say":
          store.say(wish.n, wish.text);
          return now();
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
