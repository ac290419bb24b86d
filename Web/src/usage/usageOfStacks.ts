import { useCallback, useSyncExternalStore } from "react";
import { subscribe } from "../stream/stream";
import { changeUsage, type UsageOfStacks } from "./told";
import type { Usage } from "./UsageSeries";

/** What stacks used in the last quarter of an hour. It stays when nobody shows it: who comes back sees it at once, until it is told anew. */
let known: UsageOfStacks = new Map();
const listeners = new Set<() => void>();
let end: (() => void) | undefined;

function listen(listener: () => void): () => void {
  if (listeners.size === 0) document.addEventListener("visibilitychange", settle);
  listeners.add(listener);
  settle();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) document.removeEventListener("visibilitychange", settle);
    settle();
  };
}

/** Asks while somebody looks, and only then. */
function settle(): void {
  if (listeners.size === 0 || document.hidden) {
    end?.();
    end = undefined;
    return;
  }
  end ??= subscribe({ kind: "usage" }, (told) => {
    known = changeUsage(known, told);
    for (const one of listeners) one();
  });
}

const NONE: Usage[] = [];

/** What a stack uses, a sample each 15 seconds, the oldest first; all who ask share one subscription. */
export function useUsageOf(stack: string): Usage[] {
  const now = useCallback(() => known.get(stack) ?? NONE, [stack]);
  return useSyncExternalStore(listen, now, now);
}
