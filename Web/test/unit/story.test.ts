import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OperationEvent } from "../../src/api/schema";
import { amounts, emptyStory, laneStatus, tellOn } from "../../src/pages/operation/story";

let sequence = 0;
function told(event: string, fields: object): OperationEvent {
  sequence += 1;
  return { sequence, at: new Date(1_700_000_000_000 + sequence * 1000).toISOString(), event, fields };
}

const plan = {
  plan: { steps: [{ number: 1, action: "create", target: "network shop_back", service: null }, { number: 2, action: "start", target: "container shop-web-1", service: "web" }] },
};

describe("the story of an operation", () => {
  it("begins with the planned steps, in a lane for each service", () => {
    const story = tellOn(emptyStory(), [told("planned", plan)]);
    assert.deepEqual(story.lanes.map((lane) => [lane.service, lane.steps.length]), [[null, 1], ["web", 1]]);
    assert.equal(laneStatus(story.lanes[1]!).word, "waiting");
  });

  it("marks steps as they go, and keeps the reason of one that failed", () => {
    let story = tellOn(emptyStory(), [told("planned", plan), told("step.started", { step: 2, service: "web", action: "start", target: "container shop-web-1" })]);
    assert.equal(story.lanes[1]!.steps[0]!.state, "running");
    story = tellOn(story, [told("step.failed", { step: 2, service: "web", action: "start", target: "container shop-web-1", reason: "ended with 3" })]);
    assert.equal(story.lanes[1]!.steps[0]!.reason, "ended with 3");
    assert.equal(laneStatus(story.lanes[1]!).status, "failed");
  });

  it("puts the way back behind what was done, although its steps are counted anew", () => {
    const story = tellOn(emptyStory(), [
      told("planned", plan), told("step.done", { step: 2, service: "web", action: "start", target: "x" }), told("undoing", { reason: "it failed\n  fix: it" }),
      told("step.done", { step: 2, service: "web", action: "remove", target: "x" }),
    ]);
    assert.deepEqual(story.lanes[1]!.steps.map((step) => [step.action, step.isUndo]), [["start", false], ["remove", true]]);
  });

  it("takes no event twice after a lost link", () => {
    const events = [told("planned", plan), told("warning", { text: "old" })];
    const story = tellOn(emptyStory(), events);
    assert.equal(tellOn(story, events), story);
  });

  it("adds the layers of an image up", () => {
    const story = tellOn(emptyStory(), [
      told("pulling", { object: "nginx", layer: "a", status: "Downloading", current_bytes: 50, total_bytes: 100 }),
      told("pulling", { object: "nginx", layer: "b", status: "Downloading", current_bytes: 10, total_bytes: 300 }),
      told("pulling", { object: "nginx", layer: "a", status: "Pull complete", current_bytes: 0, total_bytes: 0 }),
    ]);
    assert.deepEqual(amounts(story.transfers.get("pull:nginx")!), { current: 110, total: 400 });
  });

  it("keeps a command on a service in the lane of the service that its model names", () => {
    const story = tellOn(emptyStory(), [
      told("action.begun", { action: "stop", target: "container shop-web-1", model: { action: { stop: { _0: { existing: { service: "web" } } } } } }),
      told("action.done", { action: "stop", target: "container shop-web-1", model: { action: { stop: { _0: { existing: { service: "web" } } } } } }),
    ]);
    assert.deepEqual(story.lanes.map((lane) => [lane.service, lane.steps.map((step) => step.state)]), [["web", ["done"]]]);
  });
});
