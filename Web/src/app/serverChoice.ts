import { useSyncExternalStore } from "react";

/** The one server that a tab looks at; null: all of them. It holds for lists, and not for what an address names. */
const PLACE = "slipway.server";
const listeners = new Set<() => void>();
let choice: string | null | undefined;

function read(): string | null {
  if (choice !== undefined) return choice;
  try {
    choice = sessionStorage.getItem(PLACE);
  } catch {
    choice = null;
  }
  return choice;
}

export function chooseServer(server: string | null): void {
  choice = server;
  try {
    if (server === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, server);
  } catch {
    // A browser that keeps nothing: it holds until the tab is closed.
  }
  for (const listener of listeners) listener();
}

export function useServerChoice(): string | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read, () => null);
}

/** Those of the server that was chosen; what belongs to none stays. */
export function ofServer<Item extends { server?: string | null }>(items: Item[], server: string | null): Item[] {
  return server === null ? items : items.filter((item) => !item.server || item.server === server);
}
