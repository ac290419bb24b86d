import { useEffect, useRef } from "react";

export interface PageKeys {
  /** Ctrl+S. */
  save?: () => void;
  /** F8, and Shift+F8 backwards. */
  next?: (backwards: boolean) => void;
}

/** The keys of an editing page wherever the focus is, beside those of the whole site; a field that has taken a key itself keeps it. */
export function usePageKeys(keys: PageKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || document.querySelector("dialog[open]")) return;
      const act = actOf(event, latest.current);
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

/** What a key is for, if it is for anything. */
export function actOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey">, keys: PageKeys): (() => void) | undefined {
  const isControl = event.ctrlKey || event.metaKey;
  if (event.key === "F8" && !isControl) return keys.next && (() => keys.next?.(event.shiftKey));
  if (!isControl || event.shiftKey) return undefined;
  return event.key.toLowerCase() === "s" ? keys.save : undefined;
}
