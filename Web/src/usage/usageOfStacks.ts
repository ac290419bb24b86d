import { useCallback, useSyncExternalStore } from "react";
import { subscribe } from "../stream/stream";
import { changeUsage, type UsageOfStacks } from "./told";
import type { Usage } from "./UsageSeries";

/** What stacks used in the last quarter of an hour. It stays when nobody shows it: who comes back sees it at once, until it is told anew. */
let known: UsageOfStacks = new Map();
const listeners = new Set<() => void>();
let end: (() => void) | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  end ??= subscribe({ kind: "usage" }, (told) => {
    known = changeUsage(known, told);
    for (const one of listeners) one();
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    end?.();
    end = undefined;
  };
}

const NONE: Usage[] = [];

/** What a stack uses, a sample each 15 seconds, the oldest first; all who ask share one subscription. */
export function useUsageOf(stack: string): Usage[] {
  const now = useCallback(() => known.get(stack) ?? NONE, [stack]);
  return useSyncExternalStore(listen, now, now);
}
