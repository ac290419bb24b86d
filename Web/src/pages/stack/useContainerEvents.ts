import { useEffect, useRef, useState } from "react";
import type { Problem } from "../../api/schema";
import { useSubscription } from "../../stream/stream";
import { containerEvent, type ContainerEvent } from "./containerEvent";

/** So many are kept; older ones fall off. */
const KEPT = 500;

/** Events of a stack's containers since a time, newest first, live. */
export function useContainerEvents(stack: string, since: string): {
  events: ContainerEvent[];
  hasBegun: boolean;
  problem: Pick<Problem, "detail"> | undefined;
} {
  const [events, setEvents] = useState<ContainerEvent[]>([]);
  const [hasBegun, setBegun] = useState(false);
  const [problem, setProblem] = useState<Pick<Problem, "detail">>();
  const waiting = useRef<ContainerEvent[]>([]);
  const frame = useRef(0);
  useSubscription({ kind: "container_events", stack, since }, (told) => {
    if (told.error) setProblem(told.error);
    if (told.begun) setBegun(true);
    const event = containerEvent(told.event);
    if (!event) return;
    waiting.current.push(event);
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      const fresh = waiting.current.reverse();
      waiting.current = [];
      setEvents((old) => [...fresh, ...old].slice(0, KEPT));
    });
  });
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  return { events, hasBegun, problem };
}
