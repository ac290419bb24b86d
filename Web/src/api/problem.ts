import type { Problem } from "./schema";

/** What a call came to that did not end well: the server's own words, or ours where it could not be asked. */
export class CallProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "CallProblem";
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** Codes of our own, for what never reached the server or came back unreadable. */
const UNREACHED: Problem = {
  type: "about:blank", title: "Not reached", status: 0, code: "not_reached",
  detail: "The server could not be reached.", remedy: "Check that it runs and that this machine has a network, then try again.",
};

/** What the page itself refuses, before the server is asked. */
export function refusedHere(code: string, detail: string, remedy: string): CallProblem {
  return new CallProblem({ type: "about:blank", title: "Refused", status: 0, code, detail, remedy });
}

export function notReached(): CallProblem {
  return new CallProblem(UNREACHED);
}

/** The problem in an answer; an answer of somebody in between has no body of ours. */
export function problemOf(status: number, body: unknown, requestId: string | null): CallProblem {
  if (isProblem(body)) return new CallProblem(body);
  return new CallProblem({
    type: "about:blank", title: "Unexpected answer", status, code: "unexpected_answer",
    detail: `The answer was ${status} without a word about it.`,
    remedy: "A proxy in between may have answered instead of Slipway.", request_id: requestId,
  });
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}

/** Whatever was thrown, as a problem that can be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof CallProblem) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { type: "about:blank", title: "Fault of the page", status: 0, code: "page_fault", detail, remedy: "Load the page again." };
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
