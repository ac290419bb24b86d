import { useEffect, useRef, useState } from "react";
import type { LogPage } from "../api/schema";
import { useAction } from "../parts/useAction";
import type { Target } from "../stream/messages";
import { partsOn, queryOf, type LogFilter } from "./filter";
import { lineOf } from "./line";
import { loadPages } from "./loadLines";
import type { FromLogs, ToLogs } from "./messages";
import { isBefore } from "./moments";
import { joinedOlder, queriesOf } from "./queries";
import type { Sought } from "./soughtText";

/** Lines in one go. */
const LINES = 1000;
/** The server gives up a search after some seconds; it is asked so often to go on from there. */
const MOST_CALLS = 60;

interface Parts {
  targets: Target[];
  filter: LogFilter;
  shown: FromLogs;
  send: (message: ToLogs) => void;
  /** The range begins there. */
  since?: string;
}

/** Lines from before the first one: the server searches them by the filter, until some are found, all is searched or somebody stops it. */
export function useOlder({ targets, filter, shown, send, since }: Parts) {
  const [sought, setSought] = useState<Sought | null>(null);
  const ending = useRef<AbortController>();
  const wish = JSON.stringify([filter, targets, since]);
  useEffect(() => {
    setSought(null);
    return () => ending.current?.abort();
  }, [wish]);
  const action = useAction(async () => {
    const end = new AbortController();
    ending.current = end;
    let { to, found } = sought ?? { to: shown.oldest, found: 0 };
    let reason: LogPage["reason"] = "deadline";
    const wanted = found + LINES;
    for (let call = 0; call < MOST_CALLS && reason === "deadline" && found < wanted && !end.signal.aborted; call += 1) {
      const rest = { ...queryOf(filter), before: to ?? undefined, limit: LINES };
      const page = joinedOlder(await loadPages(queriesOf(targets, filter.services), rest, end.signal));
      if (end.signal.aborted) break;
      const lines = since ? page.lines.filter((line) => !isBefore(line.time, since)) : page.lines;
      const reached = page.searched_to ?? page.lines[0]?.time ?? null;
      send({ do: "older", lines: lines.map(lineOf), isSought: partsOn(filter) > 0 });
      const isWhole = page.reason === "end" || (since !== undefined && reached !== null && isBefore(reached, since));
      // Without a step back it would ask for the same for ever.
      const isStuck = reached === null || reached === to;
      found += lines.length;
      to = reached ?? to;
      reason = isWhole ? "end" : isStuck ? "limit" : page.reason;
      setSought({ to, reason, found, isSearch: partsOn(filter) > 0 });
    }
  });
  return { ...action, sought, stop: () => ending.current?.abort(), reset: () => setSought(null) };
}
