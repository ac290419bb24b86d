/** What the adaptor uses of xterm 3.8, which comes without types of its own. */
declare module "xterm" {
  export interface Options {
    cols?: number;
    rows?: number;
    fontFamily?: string;
    fontSize?: number;
    screenReaderMode?: boolean;
    scrollback?: number;
    theme?: { background: string; foreground: string; cursor: string; selection?: string };
  }
  export class Terminal {
    constructor(options?: Options);
    readonly cols: number;
    readonly rows: number;
    open(element: HTMLElement): void;
    write(text: string): void;
    focus(): void;
    dispose(): void;
    setOption(name: string, value: unknown): void;
    on(event: "data", body: (text: string) => void): void;
    on(event: "resize", body: (size: { cols: number; rows: number }) => void): void;
    attachCustomKeyEventHandler(body: (event: KeyboardEvent) => boolean): void;
  }
}
declare module "xterm/lib/addons/fit/fit" {
  import type { Terminal } from "xterm";
  export function fit(terminal: Terminal): void;
}
