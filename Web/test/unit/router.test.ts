import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JSDOM } from "jsdom";
import { cameBack, go, match, path, startRouter } from "../../src/app/router";

describe("paths", () => {
  it("fit a pattern and give its parameters", () => {
    assert.deepEqual(match("/stacks/:stack/logs", "/stacks/media@nas/logs"), { stack: "media@nas" });
    assert.deepEqual(match("/", "/"), {});
    assert.deepEqual(match("/stacks", "/stacks/"), {});
    assert.equal(match("/stacks/:stack", "/stacks"), null);
    assert.equal(match("/stacks/:stack", "/stacks/a/b"), null);
    assert.equal(match("/stacks/:stack", "/stacks/%zz"), null);
  });
  it("are made with their parts escaped", () => {
    assert.equal(path`/stacks/${"a/b@nas"}/revisions/${3}`, "/stacks/a%2Fb@nas/revisions/3");
  });
});

describe("the way back", () => {
  it("is the browser's, which knows where the page was scrolled to", async () => {
    const { window } = new JSDOM("", { url: "http://slipway.test/" });
    Object.assign(globalThis, { window, location: window.location, history: window.history });
    startRouter();
    go("/stacks");
    assert.equal(cameBack(), false);
    const returned = new Promise((resolve) => window.addEventListener("popstate", resolve));
    window.history.back();
    await returned;
    assert.deepEqual([cameBack(), window.location.pathname], [true, "/"]);
    go("/logs");
    assert.equal(cameBack(), false);
    window.close();
  });
});
