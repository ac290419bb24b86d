import { useEffect, useRef } from "react";
import { isTyping } from "./keys";
import { preferencesNow } from "./preferences";

/** Single letters of a page, wherever the focus is; as all of them only outside fields and dialogs, and when they are not switched off. */
export function usePageLetters(letters: Readonly<Record<string, () => void>>): void {
  const latest = useRef(letters);
  latest.current = letters;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !preferencesNow().keys) return;
      const act = latest.current[event.key];
      if (act === undefined || isTyping(event.target) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
