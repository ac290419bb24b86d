import { useEffect, useMemo, useRef, useState } from "react";
import { asProblem, isAbort } from "../api/problem";
import type { Problem, Validation } from "../api/schema";
import { problemsOf, type EditorProblem } from "./problems";

export interface Checked {
  problems: readonly EditorProblem[];
  /** The services that the files have; empty while they are wrong. */
  services: readonly string[];
  /** Undefined until the first answer; of the last answer while a newer text is checked. */
  isValid: boolean | undefined;
  isChecking: boolean;
  /** They are problems of what stands there now, and not of a text before it. */
  isCurrent: boolean;
  /** The check itself failed. */
  failure: Problem | undefined;
}

/** From the last key to the call. */
const pause = 250;
/** "checking…" is said from then on. */
const slow = 1000;

/** What is checked: `key` is another one when the texts are others; null: nothing yet. */
export interface ToCheck {
  key: string | null;
  check: (signal: AbortSignal) => Promise<Validation>;
  textOf: (file: string) => string | undefined;
}

/** Has the server check texts after each pause in typing; a newer text ends the call for the older one. */
export function useChecked(wanted: ToCheck): Checked {
  const [answer, setAnswer] = useState<{ key: string; validation: Validation; textOf: ToCheck["textOf"] }>();
  const [failure, setFailure] = useState<Problem>();
  const [isChecking, setChecking] = useState(false);
  const latest = useRef(wanted);
  latest.current = wanted;

  useEffect(() => {
    const { key } = wanted;
    if (key === null) return;
    const running = new AbortController();
    const timers = [setTimeout(() => setChecking(true), pause + slow)];
    const check = async () => {
      const { textOf } = latest.current;
      try {
        const validation = await latest.current.check(running.signal);
        setAnswer({ key, validation, textOf });
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
  }, [wanted.key]);

  const problems = useMemo(() => (answer === undefined ? [] : problemsOf(answer.validation.problems, answer.validation.warnings, answer.textOf)), [answer]);
  return { problems, services: answer?.validation.services ?? [], isValid: answer?.validation.valid, isChecking, isCurrent: answer?.key === wanted.key, failure };
}
