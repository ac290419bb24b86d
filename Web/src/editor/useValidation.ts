import { useEffect, useMemo, useState } from "react";
import { call } from "../api/client";
import { asProblem, isAbort } from "../api/problem";
import type { Problem, Validation } from "../api/schema";
import { absentFiles, draftFiles, fileAt, type Draft } from "./draft";
import { problemsOf, type EditorProblem } from "./problems";

export interface Checked {
  problems: readonly EditorProblem[];
  /** The services that the files have; empty while they are wrong. */
  services: readonly string[];
  /** Undefined until the first answer; of the last answer while a newer text is checked. */
  isValid: boolean | undefined;
  isChecking: boolean;
  /** The check itself failed. */
  failure: Problem | undefined;
}

/** From the last key to the call. */
const pause = 250;
/** "checking…" is said from then on. */
const slow = 1000;

/** Has the server check the draft after each pause in typing; a newer text ends the call for the older one. */
export function useValidation(stack: string, draft: Draft, isReady: boolean): Checked {
  const [answer, setAnswer] = useState<{ validation: Validation; draft: Draft }>();
  const [failure, setFailure] = useState<Problem>();
  const [isChecking, setChecking] = useState(false);
  const files = draftFiles(draft);
  const absent = absentFiles(draft);
  // What is saved counts too: somebody else may have changed a file that is not edited here.
  const text = JSON.stringify([files, absent, draft.files.map((file) => file.tag)]);

  useEffect(() => {
    if (!isReady) return;
    const running = new AbortController();
    const timers = [setTimeout(() => setChecking(true), pause + slow)];
    const check = async () => {
      try {
        const validation = await call("POST /stacks/{stack}/validate", { path: { stack }, body: { files: files.length > 0 ? files : undefined, absent: absent.length > 0 ? absent : undefined } }, { signal: running.signal });
        setAnswer({ validation, draft });
        setFailure(undefined);
      } catch (error) {
        if (!isAbort(error)) setFailure(asProblem(error));
      }
      timers.forEach(clearTimeout);
      if (!running.signal.aborted) setChecking(false);
    };
    timers.push(setTimeout(() => void check(), pause));
    return () => {
      timers.forEach(clearTimeout);
      running.abort();
    };
  }, [stack, text, isReady]);

  const problems = useMemo(
    () => (answer === undefined ? [] : problemsOf(answer.validation.problems, answer.validation.warnings, (path) => fileAt(answer.draft, path)?.text ?? undefined)),
    [answer],
  );
  return { problems, services: answer?.validation.services ?? [], isValid: answer?.validation.valid, isChecking, failure };
}
