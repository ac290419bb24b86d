import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { endOf } from "../../src/app/sessionEnd";

const NOON = Date.parse("2026-11-23T12:00:00Z");

describe("the end of a session", () => {
  it("is the sooner of its own and that of idleness", () => {
    assert.deepEqual(endOf({ ends_at: "2026-11-23T12:10:00Z", idle_seconds: 60 }, NOON), { at: NOON + 60_000, isIdle: true });
    assert.deepEqual(endOf({ ends_at: "2026-11-23T12:00:30Z", idle_seconds: 60 }, NOON), { at: NOON + 30_000, isIdle: false });
  });
  it("is put off by a call when it is of idleness", () => {
    assert.deepEqual(endOf({ idle_seconds: 60 }, NOON + 5000), { at: NOON + 65_000, isIdle: true });
  });
  it("does not come by itself where the server names none", () => assert.equal(endOf({ ends_at: null, idle_seconds: null }, NOON), null));
});
