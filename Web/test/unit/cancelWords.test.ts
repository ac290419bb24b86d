import assert from "node:assert/strict";
import { test } from "node:test";
import { cancelWords } from "../../src/pages/operation/cancelWords";
import { stackAfter } from "../../src/pages/operation/stackOf";
import { emptyStory, type StoryStep } from "../../src/pages/operation/story";

const step = (action: string, target: string, state: StoryStep["state"]): StoryStep => ({ key: `${action} ${target}`, action, target, state, isUndo: false });

test("who cancels a deploy is told what it goes back to and what stays", () => {
  const story = {
    ...emptyStory(),
    lanes: [
      { service: null, steps: [step("create", "volume shop_data", "done"), step("create", "network shop_back", "done")] },
      { service: "web", steps: [step("pull", "image web:2", "done"), step("create", "container shop-web-1", "running")] },
      { service: "db", steps: [step("start", "container shop-db-1", "waiting")] },
    ],
  };
  assert.deepEqual(cancelWords({ kind: "deploy", state: "applying" }, story), [
    "It goes back to what ran before: web.", "New containers and networks are removed again.", "These stay: volume shop_data, image web:2.",
  ]);
});

test("what has not begun changes nothing, and other work leaves what it has done", () => {
  assert.deepEqual(cancelWords({ kind: "deploy", state: "queued" }, emptyStory()), ["It has not begun: nothing is changed."]);
  assert.equal(cancelWords({ kind: "deploy", state: "applying" }, emptyStory())[0], "Nothing that runs was touched yet.");
  assert.match(cancelWords({ kind: "image.prune", state: "applying" }, emptyStory())[0] ?? "", /stays/);
});

test("a stack that was moved is on the other server, one whose move failed is not", () => {
  const move = { stack: "shop", server: "local", kind: "move", title: "move to nas" };
  assert.equal(stackAfter({ ...move, state: "done" }), "shop@nas");
  assert.equal(stackAfter({ ...move, state: "failed" }), "shop@local");
  assert.equal(stackAfter({ ...move, kind: "deploy", state: "done" }), "shop@local");
});
