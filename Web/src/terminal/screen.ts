import { Terminal } from "xterm";
import { fit } from "xterm/lib/addons/fit/fit";
import "xterm/lib/xterm.css";

/** All that the page knows of the terminal's library. */
export interface Screen {
  write(text: string): void;
  focus(): void;
  close(): void;
  readonly size: { columns: number; rows: number };
}

interface Doors {
  onInput: (text: string) => void;
  onResize: (size: { columns: number; rows: number }) => void;
  /** Ctrl+Shift+Esc: the keys are the page's again. */
  onLeave: () => void;
}

const LINES_KEPT = 5000;

/** Opens a terminal in an element, as large as that is. */
export function openScreen(element: HTMLElement, doors: Doors): Screen {
  const terminal = new Terminal({ fontFamily: '"JetBrains Mono", "DejaVu Sans Mono", monospace', fontSize: 14, screenReaderMode: true, scrollback: LINES_KEPT, theme: themeOf(element) });
  terminal.open(element);
  // The library's tree for screen readers has items without a list.
  element.querySelector(".xterm-accessibility-tree")?.setAttribute("role", "list");
  element.querySelector("textarea")?.setAttribute("aria-label", "Terminal input");
  fit(terminal);
  terminal.on("data", doors.onInput);
  terminal.on("resize", ({ cols, rows }) => doors.onResize({ columns: cols, rows }));
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.key !== "Escape" || !event.ctrlKey || !event.shiftKey) return true;
    doors.onLeave();
    return false;
  });
  const watch = new ResizeObserver(() => fit(terminal));
  watch.observe(element);
  const paint = () => terminal.setOption("theme", themeOf(element));
  const themes = new MutationObserver(paint);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", paint);
  return {
    write: (text) => terminal.write(text),
    focus: () => terminal.focus(),
    close: () => {
      watch.disconnect();
      themes.disconnect();
      system.removeEventListener("change", paint);
      terminal.dispose();
    },
    get size() {
      return { columns: terminal.cols, rows: terminal.rows };
    },
  };
}

/** The page's own colours. */
function themeOf(element: HTMLElement): { background: string; foreground: string; cursor: string } {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return { background: colour("--sunken"), foreground: colour("--text"), cursor: colour("--accent") || colour("--text") };
}
