import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { joinSession } from "../../src/terminal/session";

/** A socket that keeps what is sent, with the time. */
class Recorder {
  static readonly OPEN = 1;
  static last: Recorder;
  readonly OPEN = 1;
  readyState = 1;
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { reason: string }) => void;
  sent: { at: number; text: string }[] = [];
  constructor(readonly address: string) {
    Recorder.last = this;
  }
  send(text: string): void {
    this.sent.push({ at: performance.now(), text });
  }
  close(): void {
    this.readyState = 3;
  }
}

const world = globalThis as unknown as { WebSocket: unknown; location: unknown };
const before = { WebSocket: world.WebSocket, location: world.location };

async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!isSo() && performance.now() < end) await new Promise((done) => setTimeout(done, 5));
}

describe("a terminal's socket", () => {
  beforeEach(() => {
    world.WebSocket = Recorder;
    world.location = { protocol: "http:", host: "host" };
  });
  afterEach(() => Object.assign(world, before));

  it("never sends more than the server takes, however fast the keys come", async () => {
    const session = joinSession("/x", { onOutput: () => undefined, onEnd: () => undefined });
    const keys = setInterval(() => session.input("k"), 15);
    await until(() => Recorder.last.sent.length >= 5);
    clearInterval(keys);
    session.close();
    const times = Recorder.last.sent.map((one) => one.at);
    assert.ok(times.length >= 2);
    times.slice(1).forEach((at, index) => assert.ok(at - (times[index] ?? 0) > 50, "two messages within 50 ms"));
  });
  it("cuts what is pasted into pieces, and no character in two", async () => {
    const session = joinSession("/x", { onOutput: () => undefined, onEnd: () => undefined });
    const text = `a${"😀".repeat(2500)}`;
    session.input(text);
    const inputs = () => Recorder.last.sent.map((one) => (JSON.parse(one.text) as { input: string }).input);
    await until(() => inputs().join("").length >= text.length);
    session.close();
    const pieces = inputs();
    assert.equal(pieces.join(""), text);
    assert.ok(pieces.length >= 3 && pieces.every((piece) => !/[\ud800-\udbff]$/.test(piece)));
  });
  it("says once how the command ended", () => {
    const ends: string[] = [];
    joinSession("/x", { onOutput: () => undefined, onEnd: (words) => ends.push(words) });
    Recorder.last.onmessage?.({ data: '{"exit":3}' });
    Recorder.last.onclose?.({ reason: "" });
    assert.deepEqual(ends, ["The command ended with 3."]);
  });
});
