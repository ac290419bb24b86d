import type { CallProblem } from "./problem";

/** Asks somebody for what a call lacks; true: send it again. */
export type Gate = (problem: CallProblem) => Promise<boolean>;

/** The dialogs that stand in for a failed call, put here by the shell. */
export interface Gates {
  /** The session has ended. */
  login?: Gate;
  /** The password is wanted once more. */
  stepUp?: Gate;
  /** Asks for a login before the session has ended. */
  renew?: () => void;
  for(problem: CallProblem): Gate | undefined;
}

export const gates: Gates = {
  for(problem) {
    if (problem.status === 401) return this.login;
    if (problem.code === "step_up_required") return this.stepUp;
    return undefined;
  },
};

/** Calls that fail together are asked for once, and all go on with the one answer. */
export function shared(ask: Gate): Gate {
  let running: Promise<boolean> | undefined;
  return (problem) => {
    running ??= ask(problem).finally(() => {
      running = undefined;
    });
    return running;
  };
}
