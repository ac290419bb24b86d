import { useEffect, useRef, useState } from "react";
import type { OperationEvent, Problem } from "../../api/schema";
import { subscribe } from "../../stream/stream";
import { emptyStory, tellOn, type Story } from "./story";

/** An operation's story from its beginning, live or replayed: one code path. `onEnd` is called when nothing more comes. */
export function useStory(operation: string, onEnd: () => void): { story: Story; problem: Pick<Problem, "detail"> | undefined } {
  const [story, setStory] = useState(emptyStory);
  const [problem, setProblem] = useState<Pick<Problem, "detail">>();
  const end = useRef(onEnd);
  end.current = onEnd;
  useEffect(() => {
    setStory(emptyStory());
    let waiting: OperationEvent[] = [];
    let frame = 0;
    // A pull tells much at once: the page is drawn once for all of it.
    const draw = () => {
      frame = 0;
      const events = waiting;
      waiting = [];
      setStory((old) => tellOn(old, events));
    };
    const stop = subscribe({ kind: "operation", operation }, (told) => {
      if (told.error) setProblem(told.error);
      if (told.events) {
        waiting.push(...(told.events as OperationEvent[]));
        frame ||= requestAnimationFrame(draw);
      }
      if (told.state) end.current();
    });
    return () => {
      cancelAnimationFrame(frame);
      stop();
    };
  }, [operation]);
  return { story, problem };
}
