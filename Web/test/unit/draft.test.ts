import assert from "node:assert/strict";
import { test } from "node:test";
import { afterSave, changedFiles, changesOf, draftFiles, emptyDraft, fileAt, keptOf, restored, reverted, sortedPaths, staysWith, withSaved, withText } from "../../src/editor/draft";

const loaded = withSaved(withSaved(emptyDraft, ".env", "A=1\n", "t2"), "compose.yaml", "services: {}\n", "t1");

test("compose files come first, then overrides, other YAML, environment, the rest", () => {
  assert.deepEqual(sortedPaths(["z.conf", ".env", "b.yaml", "compose.override.yaml", "compose.yaml"]), ["compose.yaml", "compose.override.yaml", "b.yaml", ".env", "z.conf"]);
});

test("what was loaded is no change", () => {
  assert.deepEqual(changedFiles(loaded), []);
  assert.deepEqual(changesOf(withText(loaded, ".env", "A=1\n")), []);
});

test("a save sends only what differs, each over what was read", () => {
  const edited = withText(withText(withText(loaded, "compose.yaml", "x"), "new.conf", "y"), ".env", null);
  assert.deepEqual(changesOf(edited), [
    { path: "compose.yaml", text: "x", tag: "t1" }, { path: ".env", remove: true, tag: "t2" }, { path: "new.conf", text: "y", tag: "" },
  ]);
  assert.deepEqual(draftFiles(edited), [{ path: "compose.yaml", text: "x" }, { path: "new.conf", text: "y" }]);
});

test("after a save nothing differs, and new tags are known", () => {
  const edited = withText(withText(loaded, "compose.yaml", "x"), ".env", null);
  const saved = afterSave(edited, changesOf(edited), { "compose.yaml": "t3", ".env": null });
  assert.deepEqual(changedFiles(saved), []);
  assert.equal(fileAt(saved, "compose.yaml")?.tag, "t3");
  assert.equal(fileAt(saved, ".env"), undefined);
});

test("what was typed while a save ran is a change again", () => {
  const edited = withText(loaded, "compose.yaml", "x");
  const saved = afterSave(withText(edited, "compose.yaml", "xy"), changesOf(edited), { "compose.yaml": "t3" });
  assert.deepEqual(changesOf(saved), [{ path: "compose.yaml", text: "xy", tag: "t3" }]);
});

test("a change from elsewhere takes a file that nobody edits, and leaves what was typed", () => {
  const edited = withText(loaded, "compose.yaml", "mine");
  const both = withSaved(withSaved(edited, "compose.yaml", "theirs", "t9"), ".env", "A=2\n", "t8");
  assert.equal(fileAt(both, "compose.yaml")?.text, "mine");
  assert.equal(fileAt(both, "compose.yaml")?.saved, "theirs");
  assert.equal(fileAt(both, ".env")?.text, "A=2\n");
});

test("a new file that is taken back is gone, and an edited one is as it was", () => {
  assert.equal(fileAt(reverted(withText(loaded, "n", "x"), "n"), "n"), undefined);
  assert.equal(fileAt(reverted(withText(loaded, ".env", "x"), ".env"), ".env")?.text, "A=1\n");
  assert.equal(fileAt(reverted(withText(loaded, ".env", null), ".env"), ".env")?.text, "A=1\n");
});

test("a kept draft comes back over a reload, and says which files changed meanwhile", () => {
  const kept = keptOf(withText(withText(loaded, "compose.yaml", "mine"), ".env", "A=3\n"));
  assert.deepEqual(restored(loaded, kept).stale, []);
  const newer = withSaved(withSaved(emptyDraft, ".env", "A=1\n", "t2"), "compose.yaml", "theirs", "t7");
  const { draft, stale } = restored(newer, kept);
  assert.deepEqual(stale, ["compose.yaml"]);
  assert.equal(fileAt(draft, "compose.yaml")?.text, "mine");
  assert.equal(fileAt(draft, "compose.yaml")?.tag, "t7");
});

test("the pages of one stack share its draft, others do not", () => {
  assert.equal(staysWith("/stacks/web@local", "/stacks/web@local/plan?x=1"), true);
  assert.equal(staysWith("/stacks/web@local", "/stacks/web@local"), true);
  assert.equal(staysWith("/stacks/web@local", "/stacks/web@local2"), false);
  assert.equal(staysWith("/stacks/web@local", "/"), false);
});
