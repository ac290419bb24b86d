import assert from "node:assert/strict";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import type { EditorOptions } from "../../src/editor/codeMirror";
import type { EditorProblem } from "../../src/editor/problems";

/** A page for the editor; jsdom measures nothing, so ranges are points and elements squares. */
function page(): HTMLTextAreaElement {
  const { window } = new JSDOM("<!doctype html><body><textarea></textarea></body>", { pretendToBeVisual: true });
  const box = { left: 0, right: 0, top: 0, bottom: 0, width: 0, height: 0, x: 0, y: 0, toJSON: () => ({}) };
  window.Range.prototype.getBoundingClientRect = () => box;
  window.Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  window.document.elementFromPoint = () => null;
  for (const size of ["offsetWidth", "offsetHeight", "clientWidth", "clientHeight"]) {
    Object.defineProperty(window.HTMLElement.prototype, size, { value: 100, configurable: true });
  }
  for (const [name, value] of Object.entries({ window, document: window.document, navigator: window.navigator })) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  return window.document.querySelector("textarea") as HTMLTextAreaElement;
}

async function open(change: (path: string, text: string) => void = () => undefined) {
  const place = page();
  // CodeMirror looks at the page when it is loaded.
  const { openEditor } = await import("../../src/editor/codeMirror");
  const options: EditorOptions = {
    label: "Text", isReadOnly: false, change, variables: () => new Map(), images: async () => [], atVariable: () => undefined,
    keys: { save: () => undefined, main: () => undefined, find: () => undefined, nextProblem: () => undefined },
  };
  return { editor: openEditor(place, options), document: place.ownerDocument };
}

const problem: EditorProblem = {
  file: "compose.yaml", line: 2, column: 3, endColumn: 7, severity: "error", message: "unknown <b>key</b>", remedy: null, rule: null, replacement: "image",
};

test("each file keeps its text, and shows its own problems as text", async () => {
  const { editor, document } = await open();
  editor.show("compose.yaml", "web:\n  imag: x\n");
  editor.mark([problem]);
  assert.equal(document.querySelectorAll(".editor-mark-error").length, 1);
  assert.equal((document.querySelector(".editor-mark-error") as HTMLElement).title, "unknown <b>key</b>");
  editor.show(".env", "A=1\n");
  editor.mark([problem]);
  assert.equal(document.querySelectorAll(".editor-mark-error").length, 0);
  editor.close();
});

test("a correction is a change that is told, and showing a file is none", async () => {
  const told: string[] = [];
  const { editor } = await open((path, text) => told.push(`${path}:${text}`));
  editor.show("compose.yaml", "web:\n  imag: x\n");
  assert.deepEqual(told, []);
  editor.replace(2, 3, 7, "image");
  assert.deepEqual(told, ["compose.yaml:web:\n  image: x\n"]);
  editor.show("compose.yaml", "other\n");
  assert.equal(told.length, 1);
  editor.close();
});

test("the place is that of the cursor, from 1, and a search selects the next place and goes round", async () => {
  const { editor } = await open();
  editor.show("compose.yaml", "one\ntwo\none\n");
  editor.goTo(2, 2, false);
  assert.deepEqual(editor.place(), { line: 2, column: 2 });
  assert.equal(editor.find("ONE", false), true);
  assert.deepEqual(editor.place(), { line: 3, column: 4 });
  assert.equal(editor.find("one", false), true);
  assert.deepEqual(editor.place(), { line: 1, column: 4 });
  assert.equal(editor.find("nine", false), false);
  editor.close();
});
