import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linePath, rates, thinned } from "../../src/charts/series";
import { words } from "../../src/pages/terminal/words";

describe("a chart's line", () => {
  it("runs from the oldest at the left to the newest at the right", () => {
    assert.equal(linePath([{ at: 0, value: 0 }, { at: 10, value: 5 }], 0, 10, 10, 100, 50), "M0.0 50.0L100.0 25.0");
    assert.equal(linePath([], 0, 0, 1, 100, 50), "");
  });
  it("keeps peaks when it is thinned", () => {
    const points = Array.from({ length: 1000 }, (_, at) => ({ at, value: at === 517 ? 99 : 1 }));
    const some = thinned(points, 50);
    assert.equal(some.length, 50);
    assert.equal(Math.max(...some.map((point) => point.value)), 99);
  });
  it("of a counter is its change in a second, and nothing when it began anew", () => {
    assert.deepEqual(rates([{ at: 0, value: 0 }, { at: 2000, value: 10 }, { at: 3000, value: 4 }]).map((point) => point.value), [5, 0]);
  });
});

describe("a command line", () => {
  it("is cut at blanks outside quotes", () => {
    assert.deepEqual(words(`sh -c "echo \\"a b\\"" 'c d' e`), ["sh", "-c", 'echo "a b"', "c d", "e"]);
    assert.deepEqual(words("  "), []);
  });
});
