import { useEffect, useRef, useState } from "react";
import type { Operation } from "../../api/schema";
import { isEnded } from "../../api/operations";
import { statusKinds } from "../../parts/statusKinds";
import type { Story } from "./story";

/** Screen readers hear of a change at most so often. */
const PAUSE = 3000;

/** One sentence on how it goes, said politely. */
export function SpokenState({ operation, story }: { operation: Operation; story: Story }) {
  const [spoken, setSpoken] = useState("");
  const saidAt = useRef(0);
  const sentence = sentenceOf(operation, story);
  useEffect(() => {
    const timer = setTimeout(() => {
      saidAt.current = Date.now();
      setSpoken(sentence);
    }, Math.max(0, saidAt.current + PAUSE - Date.now()));
    return () => clearTimeout(timer);
  }, [sentence]);
  return <p className="unseen" role="status">{spoken}</p>;
}

function sentenceOf(operation: Operation, story: Story): string {
  const word = statusKinds[operation.state]?.word ?? operation.state;
  if (isEnded(operation)) return `The operation is ${word}.`;
  const steps = story.lanes.flatMap((lane) => lane.steps);
  const done = steps.filter((step) => step.state === "done" || step.state === "skipped").length;
  return steps.length > 0 ? `${word}: ${done} of ${steps.length} steps done.` : `${word}.`;
}
