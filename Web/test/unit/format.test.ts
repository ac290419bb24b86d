import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agoText, bytesText, count, durationText } from "../../src/parts/format";

describe("figures", () => {
  it("of bytes are binary", () => {
    assert.deepEqual([0, 1023, 1536, 1024 ** 2, 25 * 1024 ** 3, 1024 ** 2 - 1].map(bytesText), ["0 B", "1023 B", "1.5 KiB", "1.0 MiB", "25.0 GiB", "1.0 MiB"]);
  });
  it("of time are short", () => {
    assert.deepEqual([420, 5000, 72_000, 11_040_000, 180_000_000].map(durationText), ["420 ms", "5s", "1m 12s", "3h 4m", "2d 2h"]);
  });
  it("of the past and the future say which", () => {
    const now = 1_700_000_000_000;
    assert.deepEqual([now - 2000, now - 40_000, now - 400_000, now + 7_300_000].map((at) => agoText(at, now)), ["now", "40 s ago", "6 min ago", "in 2 h"]);
  });
  it("of things have their plural", () => assert.deepEqual([count(1, "layer"), count(0, "layer"), count(1200, "entry", "entries")], ["1 layer", "0 layers", "1,200 entries"]));
});
