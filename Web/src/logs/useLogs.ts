import { useCallback, useEffect, useRef, useState } from "react";
import { openFeature, type FeaturePort } from "../stream/stream";
import type { Target } from "../stream/messages";
import type { LogFilter } from "./filter";
import type { FromLogs, ToLogs } from "./messages";

const NOTHING: FromLogs = {
  rows: [], from: 0, matches: 0, size: 0, hits: 0, dropped: 0, droppedShown: 0, arrived: 0, arrivedErrors: 0, levels: [], services: [], oldest: null, revealed: null,
  replacements: [], hasBegun: false, filterError: null, problem: null,
};

/** What is opened. */
export interface Opening {
  targets: Target[];
  /** Lines of each container that are shown at first. */
  tail: number;
  /** RFC 3339. */
  since?: string;
  until?: string;
  /** So many lines are kept; all that may be when left out. */
  keep?: number;
}

/** The logs of some targets through the worker, with what is to be seen of them. */
export function useLogs(opening: Opening, filter: LogFilter): { shown: FromLogs; send: (message: ToLogs) => void } {
  const [shown, setShown] = useState(NOTHING);
  const port = useRef<FeaturePort>();
  const send = useCallback((message: ToLogs) => port.current?.post(message), []);
  useEffect(() => {
    let frame = 0;
    let newest = NOTHING;
    const opened = openFeature("logs", (message) => {
      const next = message as FromLogs;
      // Two answers within one frame: what is told once is not lost.
      newest = frame ? { ...next, revealed: next.revealed ?? newest.revealed, replacements: [...newest.replacements, ...next.replacements] } : next;
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setShown(newest);
      });
    });
    port.current = opened;
    return () => {
      cancelAnimationFrame(frame);
      opened.close();
    };
  }, []);
  const key = JSON.stringify(opening);
  useEffect(() => send({ do: "open", ...(JSON.parse(key) as Opening) }), [key, send]);
  const filterKey = JSON.stringify(filter);
  useEffect(() => send({ do: "filter", filter: JSON.parse(filterKey) as LogFilter }), [filterKey, send]);
  return { shown, send };
}
