import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { match, path } from "../../src/app/router";

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
