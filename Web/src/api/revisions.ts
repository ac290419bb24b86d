import { useLive, type Live } from "../stream/live";
import { call } from "./client";
import { everyPage } from "./pages";
import { isEnded } from "./operations";
import type { Operation, Revision, RevisionDetail } from "./schema";
import { isOfStack } from "./stacks";

/** So many of the newest revisions are listed. */
export const revisionLimit = 400;

/** The history of a stack, newest first, live. */
export function useRevisions(stack: string): Live<{ items: Revision[]; more: boolean }> {
  return useLive(
    `stack:${stack}:revisions`,
    (signal) => everyPage((cursor) => call("GET /stacks/{stack}/revisions", { path: { stack }, query: { limit: 200, cursor } }, { signal }), revisionLimit),
    (value, event) => (event.event === "operation.changed" && isOfStack(event, stack) && isEnded({ state: event.state as Operation["state"] }) ? "reload" : value),
  );
}

export function useRevision(stack: string, number: string): Live<RevisionDetail> {
  return useLive(
    `stack:${stack}:revision:${number}`,
    (signal) => call("GET /stacks/{stack}/revisions/{number}", { path: { stack, number } }, { signal }),
    (value, event) => (event.event === "operation.changed" && isOfStack(event, stack) && isEnded({ state: event.state as Operation["state"] }) ? "reload" : value),
  );
}

/** What differs between two revisions; empty numbers: the current one, and the one before. */
export function useRevisionDifference(stack: string, from: string, to: string): Live<{ from: number; to: number; differences: unknown[] }> {
  return useLive(`stack:${stack}:diff:${from}:${to}`, (signal) =>
    call("GET /stacks/{stack}/diff", { path: { stack }, query: { from: from === "" ? undefined : Number(from), to: to === "" ? undefined : Number(to) } }, { signal }),
  );
}
