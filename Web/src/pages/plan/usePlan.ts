import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, isAbort } from "../../api/problem";
import type { Plan, Problem } from "../../api/schema";
import { planFor, type DeployOptions, type Files, type Intent } from "../../plan/intent";

export interface Planned {
  /** The last plan; of the options before while a new one is made. */
  plan: Plan | undefined;
  problem: Problem | undefined;
  isPlanning: boolean;
  reload: () => void;
}

/** The server's plan, made anew when the options or the draft change. */
export function usePlan(stack: string, intent: Intent, options: DeployOptions, files: Files, isReady: boolean): Planned {
  const [state, setState] = useState<Omit<Planned, "reload">>({ plan: undefined, problem: undefined, isPlanning: true });
  const [round, setRound] = useState(0);
  // Rules that are let through change nothing in the plan, only whether it may run.
  const asked = JSON.stringify([intent, { ...options, allow: [] }, files]);
  const latest = useRef({ intent, options, files });
  latest.current = { intent, options, files };
  useEffect(() => {
    if (!isReady) return;
    const running = new AbortController();
    setState((old) => ({ ...old, isPlanning: true }));
    const now = latest.current;
    planFor(stack, now.intent, { ...now.options, allow: [] }, now.files, running.signal).then(
      (plan) => setState({ plan, problem: undefined, isPlanning: false }),
      (error) => {
        if (!isAbort(error)) setState({ plan: undefined, problem: asProblem(error), isPlanning: false });
      },
    );
    return () => running.abort();
  }, [stack, asked, round, isReady]);
  return { ...state, reload: useCallback(() => setRound((old) => old + 1), []) };
}
