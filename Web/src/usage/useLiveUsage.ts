import { useEffect, useReducer, useRef } from "react";
import { useSubscription } from "../stream/stream";
import { LiveUsage } from "./LiveUsage";
import { useIsShown } from "./useIsShown";

/** A long history of many containers is much to send. */
const HISTORY_CONTAINERS = 12;

/** What a stack (NAME@SERVER) uses, drawn at most once a second; null: nothing. */
export function useLiveUsage(stack: string | null, containers: number): LiveUsage {
  const usage = useRef({ stack, live: new LiveUsage() });
  if (usage.current.stack !== stack) usage.current = { stack, live: new LiveUsage() };
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const isDirty = useRef(false);
  const [name, server] = stack?.split("@") ?? [];
  const withHistory = useRef(containers <= HISTORY_CONTAINERS);
  const isShown = useIsShown();
  useSubscription(stack && isShown ? { kind: "stats", targets: [server ? { stack: name, server } : { stack: name }], history: withHistory.current } : null, (told) => {
    if (usage.current.live.take(told)) isDirty.current = true;
  });
  useEffect(() => {
    if (!stack) return;
    const timer = setInterval(() => {
      if (!isDirty.current || document.hidden) return;
      isDirty.current = false;
      drawAgain();
    }, 1000);
    return () => clearInterval(timer);
  }, [stack]);
  return usage.current.live;
}
