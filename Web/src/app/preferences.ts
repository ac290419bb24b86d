import { useSyncExternalStore } from "react";

/** What one browser keeps about the page; nothing secret, nothing of the server's. */
export interface Preferences {
  theme: "auto" | "light" | "dark";
  /** Single keys as shortcuts. */
  keys: boolean;
  [name: string]: unknown;
}

const STANDARD: Preferences = { theme: "auto", keys: true };
const PLACE = "slipway.preferences";
const listeners = new Set<() => void>();
let preferences: Preferences | undefined;

function read(): Preferences {
  if (preferences) return preferences;
  try {
    preferences = { ...STANDARD, ...(JSON.parse(localStorage.getItem(PLACE) ?? "{}") as object) };
  } catch {
    preferences = STANDARD;
  }
  return preferences;
}

export function preferencesNow(): Preferences {
  return read();
}

export function prefer(changes: Partial<Preferences>): void {
  preferences = { ...read(), ...changes } as Preferences;
  try {
    localStorage.setItem(PLACE, JSON.stringify(preferences));
  } catch {
    // A browser that keeps nothing: they hold until the tab is closed.
  }
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read, () => STANDARD);
}

/** One preference of a page's own, by name. */
export function usePreference<T>(name: string, standard: T): [T, (value: T) => void] {
  const value = usePreferences()[name];
  return [(value === undefined ? standard : value) as T, (next) => prefer({ [name]: next })];
}
