import { useCallback, useRef, useState } from "react";
import { asProblem } from "../api/problem";
import type { Problem } from "../api/schema";

export interface Action<A extends unknown[]> {
  run: (...values: A) => Promise<boolean>;
  isBusy: boolean;
  problem: Problem | undefined;
  clear: () => void;
}

/** A call that somebody begins by a button: busy, failed with a problem, or done (true). */
export function useAction<A extends unknown[]>(body: (...values: A) => Promise<unknown>): Action<A> {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const latest = useRef(body);
  latest.current = body;
  const run = useCallback(async (...values: A) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await latest.current(...values);
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { run, isBusy, problem, clear: useCallback(() => setProblem(undefined), []) };
}
