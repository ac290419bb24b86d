import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressOf } from "../../src/api/client";
import { changeOperations } from "../../src/api/operations";
import { changeServices, changeStacks } from "../../src/api/stacks";
import type { Operation, Server, Stack } from "../../src/api/schema";
import { Later } from "../../src/stream/live";
import { may } from "../../src/app/session";
import { needsOf } from "../../src/pages/overview/needsOf";
import { outcomeOf } from "../../src/pages/operation/outcomeOf";
import { containerEvent } from "../../src/pages/stack/containerEvent";
import { groupsOf, shownStacks } from "../../src/pages/stacks/stackView";

function stack(name: string, change: Partial<Stack> = {}): Stack {
  return {
    id: `${name}@local`, name, server: "local", status: "running", reachable: true, services: 1, services_up: 1, containers: 1, running: 1, managed: true, ...change,
  };
}

function operation(id: string, change: Partial<Operation> = {}): Operation {
  return { id, kind: "deploy", state: "done", title: "deploy", requested_by: "ada", way: "ui", created_at: "2026-11-23T05:00:00Z", stack: "web", server: "local", ...change };
}

describe("a call's address", () => {
  it("has its parts escaped and leaves empty parameters out", () => {
    assert.deepEqual(addressOf("GET /stacks/{stack}/file", { path: { stack: "a@b" }, query: { path: "x/y z", limit: undefined } }), {
      method: "GET", url: "/api/v1/stacks/a%40b/file?path=x%2Fy+z",
    });
  });
});

describe("the stacks list", () => {
  it("puts what needs a look first, and keeps the filter", () => {
    const stacks = [stack("b"), stack("a", { status: "unhealthy" }), stack("c", { status: "down" })];
    assert.deepEqual(shownStacks(stacks, { text: "", status: [], server: "" }, "status", false).map((one) => one.name), ["a", "b", "c"]);
    assert.deepEqual(shownStacks(stacks, { text: "B@", status: [], server: "" }, "name", false).map((one) => one.name), ["b"]);
  });
  it("tells what drifted, but not of what was stopped or is being changed", () => {
    const stacks = [stack("a", { drifted: true }), stack("b", { drifted: true, status: "stopped" }), stack("c", { drifted: true, busy: "deploy" }), stack("d", { drifted: false }), stack("e")];
    assert.deepEqual(shownStacks(stacks, { text: "", status: [], server: "", isDrifted: true }, "name", false).map((one) => one.name), ["a"]);
    const changed = changeStacks({ items: stacks, more: false }, { sequence: 1, at: "", server: "local", stack: "e", event: "stack.drift", drifted: true });
    assert.ok(changed !== "reload");
    assert.deepEqual(changed.items.map((one) => one.drifted), [true, true, true, false, true]);
  });
  it("is loaded again only for what it shows", () => {
    const list = { items: [stack("web")], more: false };
    const event = { sequence: 1, at: "", server: "local", stack: "web" };
    assert.equal(changeStacks(list, { ...event, event: "operation.progress" }), list);
    assert.equal(changeStacks(list, { ...event, event: "stack.status", status: "running" }), list);
    assert.equal(changeStacks(list, { ...event, event: "stack.status", status: "stopped" }), "reload");
  });
});

describe("the services of a stack", () => {
  it("show at once what an event tells, and ask the engine later", () => {
    const container = { id: "a", name: "web-1", server: "local", image: "x", status: "running", health: "healthy", text: "Up 3 minutes", created_at: "", ports: [] };
    const event = { sequence: 1, at: "", event: "container.changed", server: "local", stack: "web", container: "a", status: "exited", health: null };
    const next = changeServices([{ name: "web", containers: [container] }], event, "web@local");
    assert.ok(next instanceof Later);
    assert.deepEqual(next.value[0]?.containers[0], { ...container, status: "exited", health: null, text: "" });
    assert.equal(changeServices([], event, "web@local"), "reload");
    assert.deepEqual(changeServices([], event, "other@local"), []);
  });
});

describe("the overview", () => {
  it("asks for nothing when all is well", () => assert.deepEqual(needsOf([stack("web")], [], [operation("1")]), []));
  it("names a failed deploy until one goes well", () => {
    const failed = operation("1", { state: "failed" });
    assert.equal(needsOf([], [], [failed]).length, 1);
    assert.equal(needsOf([], [], [operation("2"), failed]).length, 0);
  });
  it("names servers that are away and stacks that are not well, but none that is being worked on", () => {
    const server = { name: "nas", link: "away" } as Server;
    assert.deepEqual(
      needsOf([stack("a", { status: "partial", running: 1, containers: 2 }), stack("b", { status: "partial", busy: "deploy" })], [server], []).map((need) => need.subject),
      ["nas", "a@local"],
    );
  });
});

describe("operations", () => {
  it("change in place while they run", () => {
    const list = [operation("1", { state: "planning" })];
    const event = { sequence: 1, at: "", event: "operation.changed", operation: "1" };
    assert.deepEqual((changeOperations(list, { ...event, state: "applying" }) as Operation[]).map((one) => one.state), ["applying"]);
    assert.equal(changeOperations(list, { ...event, state: "done" }), "reload");
  });
  it("say first what runs now when they failed", () => {
    const outcome = outcomeOf({ state: "failed", result: { state: "revision 1 runs again, whole", reason: "it ended with 3" } });
    assert.equal(outcome?.runsNow, "Revision 1 runs again, whole.");
    assert.equal(outcome?.cause, "it ended with 3");
    assert.equal(outcomeOf({ state: "applying" }), null);
  });
});

describe("rights", () => {
  it("reach as far as their grant", () => {
    const session = { username: "x", kind: "session" as const, needs_second_factor: false, grants: [{ role: "operator" as const, server: "nas", stack: null, may_exec: false, may_restore: false }] };
    assert.equal(may(session, "viewer", { server: "nas", stack: "a" }), true);
    assert.equal(may(session, "admin", { server: "nas" }), false);
    assert.equal(may(session, "viewer", { server: "edge" }), false);
  });
});

describe("container events", () => {
  it("leave the commands of health checks out", () => {
    assert.equal(containerEvent({ Action: "exec_start: /bin/check", timeNano: 1 }), null);
    assert.equal(containerEvent({ Action: "die", timeNano: 2e15, Actor: { Attributes: { name: "a", exitCode: "3" } } })?.exitCode, "3");
  });
});

describe("the groups of the stacks list", () => {
  const stacks = [stack("a", { server: "nas" }), stack("b"), stack("c", { managed: false }), stack("d", { managed: false, containers: 0 })];
  it("are what is managed, what runs without Slipway, and what is only history", () => {
    assert.deepEqual(groupsOf(stacks, false).map((group) => [group.title, group.stacks.map((one) => one.name)]), [
      ["Stacks", ["a", "b"]], ["Running without Slipway", ["c"]], ["Deleted, with their history", ["d"]],
    ]);
  });
  it("are the servers where that is asked for, and none is empty", () => {
    assert.deepEqual(groupsOf(stacks.slice(0, 2), true).map((group) => group.title), ["local", "nas"]);
  });
});
