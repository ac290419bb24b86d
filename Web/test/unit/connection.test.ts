import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Connection, type SocketLike } from "../../src/stream/connection";
import type { Link, Told } from "../../src/stream/messages";

/** A world with a clock of its own and sockets that the test opens and cuts. */
class World {
  time = 0;
  timers: { at: number; body: () => void }[] = [];
  sockets: FakeSocket[] = [];
  links: Link["state"][] = [];
  loggedIn = true;
  connection = new Connection(
    {
      open: () => {
        const socket = new FakeSocket();
        this.sockets.push(socket);
        return socket;
      },
      now: () => this.time,
      later: (milliseconds, body) => {
        const timer = { at: this.time + milliseconds, body };
        this.timers.push(timer);
        return () => {
          this.timers = this.timers.filter((one) => one !== timer);
        };
      },
      random: () => 0.5,
      isLoggedIn: async () => this.loggedIn,
    },
    (link) => this.links.push(link.state),
  );

  get socket(): FakeSocket {
    return this.sockets[this.sockets.length - 1]!;
  }

  async pass(milliseconds: number): Promise<void> {
    await settle();
    const end = this.time + milliseconds;
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= end).sort((one, other) => one.at - other.at)[0];
      if (!next) break;
      this.time = next.at;
      this.timers = this.timers.filter((timer) => timer !== next);
      next.body();
      await settle();
    }
    this.time = end;
  }
}

class FakeSocket implements SocketLike {
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  sent: Record<string, unknown>[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {}
  opened(): void {
    this.onopen?.(undefined as never);
  }
  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  cut(): void {
    this.onclose?.({ code: 1006 });
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
declare function setImmediate(body: () => void): void;

describe("the connection", () => {
  it("subscribes when it opens, and goes on behind the last cursor after a lost link", async () => {
    const world = new World();
    const heard: Told[] = [];
    world.connection.start();
    world.connection.subscribe({ kind: "events" }, (told) => heard.push(told));
    world.socket.opened();
    assert.deepEqual(world.socket.sent, [{ id: 1, kind: "events" }]);
    world.socket.says({ id: 1, cursor: "run:7", events: [] });
    world.socket.cut();
    await world.pass(1000);
    assert.equal(world.sockets.length, 2);
    world.socket.opened();
    assert.deepEqual(world.socket.sent, [{ id: 2, kind: "events", after: "run:7" }]);
    assert.deepEqual(world.links, ["live", "reconnecting", "live"]);
    assert.equal(heard.length, 1);
  });

  it("waits longer each time, and says offline after some", async () => {
    const world = new World();
    world.connection.start();
    const tries: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const before = world.time;
      world.socket.cut();
      const count = world.sockets.length;
      while (world.sockets.length === count) await world.pass(500);
      tries.push(world.time - before);
    }
    assert.deepEqual(tries, [1000, 2000, 4000, 8000, 15000, 15000]);
    assert.equal(world.links[world.links.length - 1], "offline");
  });

  it("stops when the session has ended, and begins again when told so", async () => {
    const world = new World();
    world.connection.start();
    world.loggedIn = false;
    world.socket.cut();
    await world.pass(60_000);
    assert.equal(world.sockets.length, 1);
    assert.equal(world.connection.link.state, "ended");
    world.loggedIn = true;
    world.connection.start();
    world.socket.opened();
    assert.equal(world.connection.link.state, "live");
  });

  it("gives credit back for lines that it took", () => {
    const world = new World();
    world.connection.start();
    world.socket.opened();
    world.connection.subscribe({ kind: "logs", targets: [{ stack: "web" }] }, () => undefined);
    world.socket.says({ id: 1, lines: ["x".repeat(300_000)], cursor: "a" });
    const [, credit] = world.socket.sent;
    assert.ok(credit && Number(credit.credit) >= 300_000);
  });

  it("sends no more than the server takes in a second", async () => {
    const world = new World();
    world.connection.start();
    world.socket.opened();
    for (let number = 0; number < 30; number += 1) world.connection.subscribe({ kind: "operation", operation: `o${number}` }, () => undefined);
    assert.equal(world.socket.sent.length, 16);
    await world.pass(1500);
    assert.equal(world.socket.sent.length, 30);
  });

  it("notices a server that no longer answers", async () => {
    const world = new World();
    world.connection.start();
    world.socket.opened();
    await world.pass(45_000);
    assert.deepEqual(world.socket.sent, [{ id: 0, unsubscribe: true }]);
    await world.pass(12_000);
    assert.equal(world.sockets.length, 2);
  });

  it("forgets a subscription that ended", () => {
    const world = new World();
    world.connection.start();
    world.socket.opened();
    const handle = world.connection.subscribe({ kind: "operation", operation: "o" }, () => undefined);
    world.socket.says({ id: 1, ended: true });
    handle.end();
    assert.equal(world.socket.sent.length, 1);
  });
});
