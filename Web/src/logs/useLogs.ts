import { useCallback, useEffect, useRef, useState } from "react";
import { openFeature, type FeaturePort } from "../stream/stream";
import type { Target } from "../stream/messages";
import type { LogFilter } from "./filter";
import type { FromLogs, ToLogs } from "./messages";

const NOTHING: FromLogs = {
  rows: [], from: 0, matches: 0, size: 0, dropped: 0, droppedShown: 0, levels: [], services: [], oldest: null, revealed: null, hasBegun: false, filterError: null, problem: null,
};

/** Lines of each container that are shown at first. */
export const TAIL = 1000;

/** The logs of some targets through the worker, with what is to be seen of them. */
export function useLogs(targets: Target[], filter: LogFilter, tail = TAIL): { shown: FromLogs; send: (message: ToLogs) => void } {
  const [shown, setShown] = useState(NOTHING);
  const port = useRef<FeaturePort>();
  const send = useCallback((message: ToLogs) => port.current?.post(message), []);
  useEffect(() => {
    let frame = 0;
    let newest = NOTHING;
    const opened = openFeature("logs", (message) => {
      const next = message as FromLogs;
      // Two answers within one frame: the place that was asked for is not lost.
      newest = frame ? { ...next, revealed: next.revealed ?? newest.revealed } : next;
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
  const key = JSON.stringify(targets);
  useEffect(() => send({ do: "open", targets: JSON.parse(key) as Target[], tail }), [key, tail, send]);
  const filterKey = JSON.stringify(filter);
  useEffect(() => send({ do: "filter", filter: JSON.parse(filterKey) as LogFilter }), [filterKey, send]);
  return { shown, send };
}
