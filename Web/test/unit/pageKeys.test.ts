import assert from "node:assert/strict";
import { test } from "node:test";
import { actOf } from "../../src/editor/usePageKeys";

test("the keys of an editing page are found wherever they are pressed, and others left alone", () => {
  const done: string[] = [];
  const keys = { save: () => done.push("save"), next: (backwards: boolean) => done.push(backwards ? "previous" : "next") };
  const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey", boolean>> = {}) =>
    actOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, ...held }, keys)?.();
  press("s", { ctrlKey: true });
  press("S", { metaKey: true });
  press("F8");
  press("F8", { shiftKey: true });
  press("s");
  press("Enter");
  press("s", { ctrlKey: true, shiftKey: true });
  assert.deepEqual(done, ["save", "save", "next", "previous"]);
});

test("a page without an act leaves its key to the browser", () => {
  assert.equal(actOf({ key: "s", ctrlKey: true, metaKey: false, shiftKey: false }, {}), undefined);
  assert.equal(actOf({ key: "F8", ctrlKey: false, metaKey: false, shiftKey: false }, {}), undefined);
});
