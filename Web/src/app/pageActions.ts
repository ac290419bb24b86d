import { useEffect, useRef, useSyncExternalStore } from "react";
import type { IconName } from "../parts/Icon";

export interface PageAction {
  text: string;
  icon?: IconName;
  act: () => void;
}

let actions: PageAction[] = [];
const listeners = new Set<() => void>();

function set(next: PageAction[]): void {
  actions = next;
  for (const listener of listeners) listener();
}

/** Puts what can be done on this page into the palette, while the page is there. */
export function useOfferActions(offered: PageAction[]): void {
  const latest = useRef(offered);
  latest.current = offered;
  const key = offered.map((action) => action.text).join("\n");
  useEffect(() => {
    const mine = latest.current.map((action, index) => ({ ...action, act: () => latest.current[index]?.act() }));
    set(mine);
    return () => {
      if (actions === mine) set([]);
    };
  }, [key]);
}

export function usePageActions(): PageAction[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => actions);
}
