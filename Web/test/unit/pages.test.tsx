import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JSDOM } from "jsdom";
import type { Route } from "../../src/app/routes";
import type { Session } from "../../src/api/schema";

/** What jsdom lacks, as far as pages touch it. */
class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
class NoWorker {
  onmessage: unknown = null;
  postMessage(): void {}
}

const dom = new JSDOM("<!doctype html><div id=root></div>", { url: "http://slipway.test/", pretendToBeVisual: true });
const page = dom.window;
const given = ["document", "location", "history", "localStorage", "sessionStorage", "HTMLElement", "HTMLInputElement", "Element", "Node", "Event", "PointerEvent", "KeyboardEvent", "MutationObserver"];
for (const name of given) if (name in page) Object.assign(globalThis, { [name]: page[name as keyof typeof page] });
for (const name of ["requestAnimationFrame", "cancelAnimationFrame", "getComputedStyle", "getSelection", "addEventListener", "removeEventListener"]) {
  Object.assign(globalThis, { [name]: (page[name as keyof typeof page] as (...values: unknown[]) => unknown).bind(page) });
}
const matchMedia = () => ({ matches: false, addEventListener() {}, removeEventListener() {} });
Object.assign(page, { scrollTo() {}, matchMedia });
// The editor measures its text.
Object.assign(page.Range.prototype, { getBoundingClientRect: () => ({ left: 0, right: 0, top: 0, bottom: 0, width: 0, height: 0 }), getClientRects: () => [] });
Object.assign(globalThis, { window: page, Worker: NoWorker, ResizeObserver: Observer, IntersectionObserver: Observer, matchMedia, innerHeight: 800 });
Object.defineProperty(globalThis, "navigator", { value: page.navigator, configurable: true });

const session = {
  username: "ada", kind: "session", needs_second_factor: false,
  grants: [{ role: "admin", server: null, stack: null, may_exec: true, may_restore: true }],
} as unknown as Session;

describe("every page", async () => {
  const { createRoot } = await import("react-dom/client");
  const { routes } = await import("../../src/app/routes");
  const { go } = await import("../../src/app/router");
  const { SessionContext } = await import("../../src/app/session");

  /** What a page shows, and what React said about it. */
  async function shown(route: Route): Promise<{ root: HTMLElement; said: string[]; end: () => void }> {
    const address = route.pattern.replace(":stack", "media@nas").replace(":server", "nas").replace(/:\w+/g, "1");
    go(address, { force: true });
    const said: string[] = [];
    const error = console.error;
    console.error = (...words: unknown[]) => said.push(words.map(String).join(" ").slice(0, 300));
    const { default: Page } = await route.load();
    const element = document.createElement("div");
    document.body.append(element);
    const root = createRoot(element);
    const params = { stack: "media@nas", server: "nas", number: "1", operation: "1", container: "1", volume: "1", network: "1" };
    root.render(
      <SessionContext.Provider value={{ session, refresh: async () => undefined, logOut: async () => undefined }}>
        <Page params={params} />
      </SessionContext.Provider>,
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    return {
      root: element, said,
      end: () => {
        root.unmount();
        element.remove();
        console.error = error;
      },
    };
  }

  for (const route of routes) {
    it(`has its title and no fault while nothing answers: ${route.pattern}`, async () => {
      globalThis.fetch = () => new Promise(() => undefined);
      const { root, said, end } = await shown(route);
      const titles = root.querySelectorAll("h1").length;
      end();
      assert.deepEqual([titles, said], [1, []]);
    });

    it(`stays when every call is refused: ${route.pattern}`, async () => {
      const problem = { code: "unavailable", status: 503, title: "Unavailable", detail: "the server is busy", request_id: "abc" };
      globalThis.fetch = async () => new Response(JSON.stringify(problem), { status: 503, headers: { "Content-Type": "application/problem+json" } });
      const { root, said, end } = await shown(route);
      const titles = root.querySelectorAll("h1").length;
      end();
      assert.deepEqual([titles, said], [1, []]);
    });
  }
});
