/** A page in jsdom with a server that answers by table: for what pages do between calls, without a browser. */
import { JSDOM } from "jsdom";
import type { ReactNode } from "react";
import type { Session } from "../../src/api/schema";

export interface Asked {
  call: string;
  query: URLSearchParams;
  body: unknown;
}

type Reply = { status?: number; body: unknown };
export type Answers = Record<string, unknown | ((asked: Asked) => Reply)>;

/** One for the whole file: libraries look at the page when they are loaded. */
const { window } = new JSDOM('<!doctype html><head><meta name="slipway-worker" content="worker.js"></head><body></body>', { pretendToBeVisual: true, url: "http://slipway.test/" });
const box = { left: 0, right: 0, top: 0, bottom: 0, width: 0, height: 0, x: 0, y: 0, toJSON: () => ({}) };
window.Range.prototype.getBoundingClientRect = () => box;
window.Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
window.document.elementFromPoint = () => null;
window.HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) { this.open = true; };
window.HTMLDialogElement.prototype.close = function close(this: HTMLDialogElement) { this.open = false; };

type ToWorker = { do: string; port?: number; subscription?: { kind: string } };

/** Ends each operation at once, and gives events that a test tells. */
class StagedWorker {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  static events: number | undefined;
  static last: StagedWorker | undefined;

  constructor() {
    StagedWorker.last = this;
  }

  postMessage(message: ToWorker): void {
    if (message.do !== "subscribe") return;
    if (message.subscription?.kind === "events") StagedWorker.events = message.port;
    if (message.subscription?.kind === "operation") setTimeout(() => this.onmessage?.({ data: { port: message.port, told: { state: "done" } } }), 5);
  }
}

const globals = {
  window, document: window.document, navigator: window.navigator, location: window.location, history: window.history, sessionStorage: window.sessionStorage,
  localStorage: window.localStorage, HTMLElement: window.HTMLElement, Element: window.Element, Node: window.Node, Blob: window.Blob, Worker: StagedWorker,
  addEventListener: window.addEventListener.bind(window), removeEventListener: window.removeEventListener.bind(window), getSelection: () => null,
  requestAnimationFrame: window.requestAnimationFrame.bind(window), cancelAnimationFrame: window.cancelAnimationFrame.bind(window),
  matchMedia: () => ({ matches: false, addEventListener() {}, removeEventListener() {} }),
};
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
Object.defineProperty(window, "matchMedia", { value: globals.matchMedia });

/** An event of the server, for all who live by events. */
export function tell(event: Record<string, unknown>): void {
  StagedWorker.last?.onmessage?.({ data: { port: StagedWorker.events, told: { events: [event] } } });
}

const session = { username: "captain", grants: [{ role: "admin", server: null, stack: null, may_exec: true, may_restore: true }] } as unknown as Session;

export interface StagedPage {
  body: HTMLElement;
  asked: Asked[];
  /** Waits until the page has a text. */
  shows(text: string | RegExp): Promise<void>;
  click(text: string | RegExp): void;
  close(): void;
}

export async function stage(element: ReactNode, answers: Answers): Promise<StagedPage> {
  const asked: Asked[] = [];
  Object.defineProperty(globalThis, "fetch", {
    configurable: true, writable: true,
    value: async (url: string, options: { method: string; body?: string }) => {
      const { pathname, searchParams } = new URL(url, "http://slipway.test");
      const one: Asked = { call: `${options.method} ${decodeURIComponent(pathname.replace("/api/v1", ""))}`, query: searchParams, body: options.body === undefined ? undefined : JSON.parse(options.body) };
      asked.push(one);
      const found = answers[one.call];
      const reply: Reply = typeof found === "function" ? (found as (one: Asked) => Reply)(one) : found === undefined ? { status: 404, body: { code: "not_found", detail: `no ${one.call}` } } : { body: found };
      return new Response(reply.body === undefined ? null : JSON.stringify(reply.body), { status: reply.status ?? 200, headers: { "Content-Type": "application/json" } });
    },
  });
  // After the page is there: React looks at it when it is loaded.
  const [{ createRoot }, { SessionContext }, { startEvents }] = await Promise.all([import("react-dom/client"), import("../../src/app/session"), import("../../src/stream/live")]);
  startEvents();
  const place = window.document.createElement("main");
  window.document.body.append(place);
  const root = createRoot(place);
  root.render(<SessionContext.Provider value={{ session, refresh: async () => undefined, logOut: async () => undefined } as never}>{element}</SessionContext.Provider>);
  const words = () => `${place.textContent ?? ""} ${[...place.querySelectorAll("textarea, input")].map((field) => (field as HTMLInputElement).value).join(" ")}`;
  return {
    body: place, asked,
    async shows(text) {
      const end = Date.now() + 20_000;
      while (typeof text === "string" ? !words().includes(text) : !text.test(words())) {
        if (Date.now() > end) throw new Error(`the page does not show ${text}: ${words().slice(0, 2000)}\nasked: ${asked.map((one) => one.call).join(", ")}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      // What is drawn is there before its effects have run, which nobody is fast enough to see.
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    click(text) {
      const buttons = [...place.querySelectorAll("button")];
      const found = buttons.find((button) => (typeof text === "string" ? button.textContent?.trim() === text : text.test(button.textContent ?? "")));
      if (found === undefined) throw new Error(`no button ${text}; there are ${buttons.map((button) => button.textContent).join(", ")}`);
      found.click();
    },
    close() {
      root.unmount();
      place.remove();
    },
  };
}
