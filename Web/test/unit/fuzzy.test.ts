import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { best } from "../../src/app/fuzzy";
import { narrowed, type PaletteEntry } from "../../src/app/paletteEntries";

describe("the palette", () => {
  it("finds letters in their order, and puts whole words first", () => {
    const names = ["media@nas", "metrics-edge@nas", "home", "me@edge"];
    assert.deepEqual(best("me", names, (name) => name, 3), ["me@edge", "media@nas", "metrics-edge@nas"]);
    assert.deepEqual(best("mdnas", names, (name) => name, 1), ["media@nas"]);
  });
  it("finds among 5000", () => {
    const names = Array.from({ length: 5000 }, (_, index) => `stack-${index}@server-${index % 40}`);
    assert.equal(best("s4999", names, (name) => name, 40)[0], "stack-4999@server-39");
  });
  it("takes less than a frame for 5000", () => {
    const names = Array.from({ length: 5000 }, (_, index) => `stack-${index}@server-${index % 40}`);
    const times = Array.from({ length: 7 }, () => {
      const begin = performance.now();
      best("s4srv", names, (name) => name, 24);
      return performance.now() - begin;
    });
    // The fastest one: other work of the machine makes the others longer.
    assert.ok(Math.min(...times) < 16, `${Math.min(...times)} ms`);
  });
  it("narrows by the first character", () => {
    const entries = [{ key: "a", text: "Restart", kind: "Action" }, { key: "@nas", text: "nas", kind: "Server" }] as PaletteEntry[];
    assert.deepEqual(narrowed(entries, "> re").entries.map((entry) => entry.key), ["a"]);
    assert.deepEqual(narrowed(entries, "@n"), { entries: [entries[1]], text: "n" });
  });
});
