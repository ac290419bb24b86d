import { useEffect, useRef } from "react";
import { preferencesNow } from "./preferences";
import { rail } from "./places";
import { go } from "./router";

interface Doors {
  openPalette: () => void;
  openHelp: () => void;
}

/** So long after g the second letter counts. */
const CHORD_MILLISECONDS = 1500;

/** The shortcuts of the whole site; single keys act only outside fields and can be switched off. */
export function useKeys(doors: Doors): void {
  const latest = useRef(doors);
  latest.current = doors;
  useEffect(() => {
    let wentAt = 0;
    const key = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
        // In a terminal the key is the shell's.
        if (event.target instanceof Element && event.target.closest(".xterm")) return;
        event.preventDefault();
        latest.current.openPalette();
        return;
      }
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && mainAct(event)) return event.preventDefault();
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !preferencesNow().keys) return;
      if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
      const isChord = Date.now() - wentAt < CHORD_MILLISECONDS;
      wentAt = 0;
      if (isChord) {
        const entry = rail.flatMap((group) => group.entries).find((one) => one.key === event.key);
        if (entry) {
          event.preventDefault();
          go(entry.to);
        }
        return;
      }
      if (event.key === "g") wentAt = Date.now();
      else if (single(event.key, latest.current)) event.preventDefault();
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);
}

/** Presses what the page is there for, from wherever the focus is; a form that has the focus does so itself. */
function mainAct(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return false;
  const button = document.querySelector<HTMLElement>('main [aria-keyshortcuts="Control+Enter"]');
  if (!button || (event.target instanceof Element && event.target.closest("form")?.contains(button))) return false;
  button.click();
  return true;
}

/** Whether the key was one of ours. */
function single(key: string, doors: Doors): boolean {
  switch (key) {
    case "?":
      doors.openHelp();
      return true;
    case "/": {
      const filter = document.querySelector<HTMLElement>("[data-filter]");
      filter?.focus();
      return filter !== null;
    }
    case "j": return moveRow(1);
    case "k": return moveRow(-1);
    case "[": return moveTab(-1);
    case "]": return moveTab(1);
    case ".": {
      const button = document.activeElement?.closest("tr")?.querySelector<HTMLElement>("[aria-haspopup=menu]");
      button?.click();
      return Boolean(button);
    }
    case "x": {
      const box = document.activeElement?.closest("tr")?.querySelector<HTMLElement>("input[type=checkbox]");
      box?.click();
      return Boolean(box);
    }
    case "e": {
      const edit = document.querySelector<HTMLElement>("[data-edit]");
      edit?.click();
      return edit !== null;
    }
    default: return false;
  }
}

function moveRow(step: number): boolean {
  const rows = Array.from(document.querySelectorAll<HTMLElement>("main tr[tabindex]"));
  if (rows.length === 0) return false;
  const at = rows.indexOf(document.activeElement?.closest("tr") as HTMLElement);
  const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]?.focus();
  return true;
}

function moveTab(step: number): boolean {
  const tabs = Array.from(document.querySelectorAll<HTMLAnchorElement>(".tabs a"));
  const at = tabs.findIndex((tab) => tab.getAttribute("aria-current"));
  const next = tabs[at + step];
  if (at < 0 || !next) return false;
  go(next.getAttribute("href") ?? "/");
  return true;
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, .xterm, .CodeMirror") !== null);
}
