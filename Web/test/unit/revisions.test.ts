import assert from "node:assert/strict";
import { test } from "node:test";
import type { Revision } from "../../src/api/schema";
import { countTopics, entriesAbout, entriesOf } from "../../src/differences/modelDifference";
import { choose, deployedBefore, imageChanges, kindText } from "../../src/pages/revisions/history";

const revision = (number: number, images: Record<string, string>, more: Partial<Revision> = {}): Revision => ({
  number, created_at: "2026-11-23T05:00:00Z", author: "anna", message: "", kind: "deploy", outcome: "deployed", current: false,
  images: Object.fromEntries(Object.entries(images).map(([service, reference]) => [service, { reference, id: `sha256:${reference}` }])), ...more,
});

test("images that changed, came and went are told, others not", () => {
  const [old, now] = [revision(1, { a: "x:1", b: "y:1", c: "z:1" }), revision(2, { a: "x:2", b: "y:1", d: "n:1" })];
  assert.deepEqual(imageChanges(now, old), [
    { service: "a", before: "x:1", after: "x:2" }, { service: "c", before: "z:1", after: null }, { service: "d", before: null, after: "n:1" },
  ]);
});

test("a failed revision is not what ran before", () => {
  const list = [revision(3, {}), revision(2, {}, { outcome: "failed" }), revision(1, {})];
  assert.equal(deployedBefore(list, 3)?.number, 1);
  assert.equal(deployedBefore(list, 1), undefined);
});

test("the way a revision came about is said", () => {
  assert.equal(kindText({ kind: "rollback", from: 3 }), "rollback to 3");
  assert.equal(kindText({ kind: "deploy", from: null }), "deploy");
});

test("two are chosen at most, and a chosen one is let go", () => {
  assert.deepEqual(choose(choose(choose([], 1), 2), 3), [2, 3]);
  assert.deepEqual(choose([1, 2], 1), [2]);
});

const entries = entriesOf([
  { section: "service", name: "web", kind: "changed", changes: [
    { path: "environment.KEY", before: null, after: "•••" }, { path: "image", before: "a", after: "b" }, { path: "ports", before: null, after: "[]" },
  ] },
  { section: "volume", name: "data", kind: "added", changes: [] },
  "nothing of ours",
]);

test("differences are told apart by what they are about", () => {
  assert.deepEqual(countTopics(entries), { all: 4, model: 2, environment: 1, images: 1 });
  assert.deepEqual(entriesAbout(entries, "images").map((entry) => [entry.name, entry.changes.length]), [["web", 1]]);
  assert.deepEqual(entriesAbout(entries, "model").map((entry) => entry.name), ["web", "data"]);
  assert.equal(entriesAbout(entries, "all").length, 2);
});
