import assert from "node:assert/strict";
import { test } from "node:test";
import { countVerdicts, groupsOf, imagesToPull, type PlanStep } from "../../src/plan/planGroups";

let number = 0;
const step = (action: string, target: string, service: string | null, cause = "because", more: Partial<PlanStep> = {}): PlanStep => {
  number += 1;
  return { number, phase: "apply", action, target, service, cause, after: [], downtime: false, dataLoss: false, ...more };
};

test("steps stand by service, and what belongs to none at the end", () => {
  const groups = groupsOf([step("create", "network web_default", null), step("create", "container b-1", "b"), step("create", "container a-1", "a")]);
  assert.deepEqual(groups.map((group) => group.service), ["a", "b", null]);
});

test("a replacement is one word, with the causes that say why", () => {
  const [group] = groupsOf([
    step("create", "container web-1 as x_web-1", "web", "image: 1 -> 2"),
    step("stop", "container web-1", "web", "image: 1 -> 2", { downtime: true }),
    step("rename", "container web-1 to web-1-replaced-x", "web", "kept until the new one is proved"),
    step("rename", "new container to web-1", "web", "takes the name"),
    step("start", "container web-1", "web", "image: 1 -> 2"),
    step("wait", "until web is ready", "web", "health gate"),
    step("remove", "container web-1", "web", "replaced"),
  ]);
  assert.equal(group?.verdict, "recreate");
  assert.deepEqual(group?.causes, ["image: 1 -> 2"]);
  assert.equal(group?.downtime, true);
  assert.equal(group?.dataLoss, false);
});

test("each other end has its word", () => {
  const verdict = (...steps: PlanStep[]) => groupsOf(steps)[0]?.verdict;
  assert.equal(verdict(step("create", "container a", "a"), step("start", "container a", "a")), "create");
  assert.equal(verdict(step("stop", "container a", "a"), step("remove", "container a", "a")), "remove");
  assert.equal(verdict(step("stop", "container a", "a"), step("start", "container a", "a")), "restart");
  assert.equal(verdict(step("start", "container a", "a")), "start");
  assert.equal(verdict(step("stop", "container a", "a")), "stop");
  assert.equal(verdict(step("wait", "until a is ready", "a")), "keep");
  assert.equal(verdict(step("connect", "container a to net", "a")), "change");
});

test("verdicts are counted, the hardest first, without what belongs to no service", () => {
  const groups = groupsOf([step("create", "network n", null), step("create", "container a", "a"), step("remove", "container b", "b"), step("create", "container c", "c")]);
  assert.deepEqual(countVerdicts(groups), [["remove", 1], ["create", 2]]);
});

test("images that are to be pulled are named", () => {
  assert.deepEqual(imagesToPull([step("pull", "image nginx:1.29", null, "not there"), step("create", "network n", null)]), [{ image: "nginx:1.29", cause: "not there" }]);
});
