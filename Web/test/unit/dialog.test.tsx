import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JSDOM } from "jsdom";
import type { ReactElement } from "react";

const { window } = new JSDOM("<!doctype html><button id=opener></button><div id=root></div>", { url: "http://slipway.test/" });
Object.assign(globalThis, { window, document: window.document, HTMLElement: window.HTMLElement, Element: window.Element, Node: window.Node });
Object.defineProperty(globalThis, "navigator", { value: window.navigator, configurable: true });
// jsdom has the element without its methods.
Object.assign(window.HTMLDialogElement.prototype, {
  showModal(this: HTMLDialogElement) {
    this.setAttribute("open", "");
  },
  close(this: HTMLDialogElement) {
    this.removeAttribute("open");
  },
});

describe("a dialog", async () => {
  const { createRoot } = await import("react-dom/client");
  const { flushSync } = await import("react-dom");
  const { Dialog } = await import("../../src/parts/Dialog");
  const { Field } = await import("../../src/parts/Field");
  const root = createRoot(document.getElementById("root") as HTMLElement);
  const show = (content: ReactElement) => flushSync(() => root.render(content));

  it("has the focus in the field that is meant, and gives it back at its end", () => {
    document.getElementById("opener")?.focus();
    show(
      <Dialog title="Log in" onClose={() => undefined}>
        <Field label="User name" value="ada" onChange={() => undefined} />
        <Field label="Password" value="" onChange={() => undefined} data-autofocus />
      </Dialog>,
    );
    assert.equal((document.activeElement as HTMLInputElement).labels?.[0]?.textContent, "Password");
    show(<></>);
    assert.equal(document.activeElement?.id, "opener");
  });

  it("tells why an act cannot be done, and does not do it", async () => {
    const { Button } = await import("../../src/parts/Button");
    let count = 0;
    show(<Button refusal="needs operator" onClick={() => { count += 1; }}>Stop</Button>);
    const button = document.querySelector<HTMLElement>("#root button");
    button?.click();
    assert.deepEqual([count, button?.getAttribute("aria-disabled"), button?.textContent], [0, "true", "Stop: needs operator"]);
  });
});
