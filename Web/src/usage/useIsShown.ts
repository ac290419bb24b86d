import { useSyncExternalStore } from "react";

function listen(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}

/** Whether somebody can see the tab: one that is hidden need not measure anything. */
export function useIsShown(): boolean {
  return useSyncExternalStore(listen, () => !document.hidden, () => true);
}
