/** CodeMirror 5 behind one interface: nothing else of the UI knows which editor it is. */
import { Doc, fromTextArea, on, type Editor, type Position } from "codemirror";
import "codemirror/addon/fold/foldcode";
import "codemirror/addon/fold/foldgutter";
import "codemirror/addon/fold/indent-fold";
import "codemirror/addon/hint/show-hint";
import "codemirror/addon/search/searchcursor";
import "codemirror/mode/properties/properties";
import "codemirror/mode/yaml/yaml";
import { complete, imageTyped } from "./completion";
import type { EditorProblem } from "./problems";
import { variableText, type KnownVariable } from "./variableText";

export interface EditorKeys {
  save(): void;
  main(): void;
  find(): void;
  nextProblem(backwards: boolean): void;
}

export interface EditorOptions {
  label: string;
  isReadOnly: boolean;
  keys: EditorKeys;
  change(path: string, text: string): void;
  /** What `${…}` can name, each with its value. */
  variables(): ReadonlyMap<string, KnownVariable>;
  /** Names of images that can stand behind `image:`; asked for when one is to be completed. */
  images(): Promise<readonly string[]>;
  /** The cursor is at a variable: its value and source. Empty: it is not. */
  atVariable(text: string): void;
}

/** An open editor over several files, each with its own undo history. */
export interface TextEditor {
  /** Shows a file; its text is taken only where it differs from what stands there. */
  show(path: string, text: string): void;
  mark(problems: readonly EditorProblem[]): void;
  /** Lines and columns count from 1. */
  goTo(line: number, column: number, focuses: boolean): void;
  place(): { line: number; column: number };
  /** One undo step. */
  replace(line: number, column: number, endColumn: number, text: string): void;
  /** Selects the next place of `query`; false: there is none. */
  find(query: string, backwards: boolean): boolean;
  setReadOnly(isReadOnly: boolean): void;
  focus(): void;
  close(): void;
}

const marks = "editor-marks";

export function openEditor(place: HTMLTextAreaElement, options: EditorOptions): TextEditor {
  const documents = new Map<string, Doc>();
  let path = "";
  let isSetting = false;
  const editor = fromTextArea(place, {
    theme: "slipway", lineNumbers: true, indentUnit: 2, tabSize: 2, indentWithTabs: false, foldGutter: true,
    gutters: [marks, "CodeMirror-linenumbers", "CodeMirror-foldgutter"], readOnly: options.isReadOnly,
    screenReaderLabel: options.label, viewportMargin: 20,
    // The usual ones, and all that turns the direction of a line.
    specialChars: /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffc]/,
  } as Parameters<typeof fromTextArea>[1]);
  // The scrolled part can be reached and moved by keys where it is wider than the page.
  const scroller = editor.getScrollerElement();
  scroller.tabIndex = 0;
  scroller.setAttribute("role", "region");
  scroller.setAttribute("aria-label", `${options.label}, text`);
  editor.setOption("extraKeys", keysOf(options));
  leaveByEscape(editor, options);
  tellVariables(editor, options);
  editor.on("change", () => {
    if (!isSetting) options.change(path, editor.getValue());
  });

  return {
    show(next, text) {
      const known = documents.get(next);
      const document = known ?? new Doc(text, modeOf(next));
      isSetting = true;
      if (known !== undefined && known.getValue() !== text) {
        const cursor = known.getCursor();
        known.setValue(text);
        known.setCursor(cursor);
      }
      documents.set(next, document);
      if (path !== next) {
        path = next;
        editor.swapDoc(document);
      }
      isSetting = false;
    },
    mark: (problems) => markProblems(editor, problems.filter((problem) => problem.file === path)),
    goTo(line, column, focuses) {
      const to = { line: line - 1, ch: column - 1 };
      editor.setCursor(to);
      editor.scrollIntoView(to, 80);
      if (focuses) editor.focus();
    },
    place() {
      const cursor = editor.getCursor();
      return { line: cursor.line + 1, column: cursor.ch + 1 };
    },
    replace: (line, column, endColumn, text) =>
      editor.replaceRange(text, { line: line - 1, ch: column - 1 }, { line: line - 1, ch: endColumn - 1 }, "+fix"),
    find: (query, backwards) => find(editor, query, backwards),
    setReadOnly: (isReadOnly) => editor.setOption("readOnly", isReadOnly),
    focus: () => editor.focus(),
    close: () => editor.toTextArea(),
  };
}

function modeOf(path: string): string {
  if (/\.ya?ml$/.test(path)) return "yaml";
  if (/(^|\/|\.)env$|\.(conf|ini|properties|toml)$/.test(path)) return "properties";
  return "text/plain";
}

type KeyAction = ((editor: Editor) => void) | string | false;

function keysOf(options: EditorOptions): Record<string, KeyAction> {
  const { keys } = options;
  const keyMap: Record<string, KeyAction> = {
    Tab: (editor) => (editor.somethingSelected() ? editor.execCommand("indentMore") : editor.execCommand("insertSoftTab")),
    "Shift-Tab": "indentLess",
    F8: () => keys.nextProblem(false),
    "Shift-F8": () => keys.nextProblem(true),
    "Ctrl-Q": (editor) => editor.execCommand("toggleFold"),
    "Ctrl-Space": (editor) =>
      editor.showHint({ hint: () => hintsOf(editor, options) as never, completeSingle: false, container: editor.getWrapperElement().closest("main") }),
  };
  for (const control of ["Ctrl", "Cmd"]) {
    keyMap[`${control}-S`] = () => keys.save();
    keyMap[`${control}-Enter`] = () => keys.main();
    keyMap[`${control}-F`] = () => keys.find();
  }
  return keyMap;
}

async function hintsOf(editor: Editor, options: EditorOptions) {
  const cursor = editor.getCursor();
  const [text, line, column] = [editor.getValue(), cursor.line + 1, cursor.ch + 1];
  const images = imageTyped(text, line, column) === null ? [] : await options.images();
  const found = complete(text, line, column, [...options.variables().keys()], images);
  const hints = {
    list: found.items.map((item) => ({ text: item.insert, displayText: item.label })),
    from: { line: cursor.line, ch: found.column - 1 } as Position, to: cursor,
  };
  on(hints, "shown", () => document.querySelector(".CodeMirror-hints")?.setAttribute("aria-label", "Completions"));
  return hints;
}

/** Escape, then Tab: the focus goes on instead of the text in. */
function leaveByEscape(editor: Editor, options: EditorOptions): void {
  const usual = keysOf(options);
  const leaving = { ...usual, Tab: false as const, "Shift-Tab": false as const };
  editor.on("keydown", (_, event) => {
    if (event.key === "Tab" || event.key === "Shift") return;
    editor.setOption("extraKeys", event.key === "Escape" ? leaving : usual);
  });
  editor.on("blur", () => editor.setOption("extraKeys", usual));
}

/** Over `${NAME}` the pointer is told the value, and at it the cursor: CodeMirror's lines have no titles of their own. */
function tellVariables(editor: Editor, options: EditorOptions): void {
  const lines = editor.getWrapperElement();
  lines.addEventListener("mousemove", (event) => {
    const at = editor.coordsChar({ left: event.clientX, top: event.clientY }, "window");
    lines.title = variableText(editor.getLine(at.line) ?? "", at.ch, options.variables());
  });
  editor.on("cursorActivity", () => {
    const at = editor.getCursor();
    options.atVariable(variableText(editor.getLine(at.line) ?? "", at.ch, options.variables()));
  });
}

function markProblems(editor: Editor, problems: readonly EditorProblem[]): void {
  editor.operation(() => {
    editor.clearGutter(marks);
    for (const mark of editor.getAllMarks()) if (mark.className?.startsWith("editor-underline")) mark.clear();
    // Errors last: where a line has both, the gutter shows the error.
    const ordered = [...problems].sort((left, right) => (left.severity === right.severity ? 0 : left.severity === "warning" ? -1 : 1));
    for (const problem of ordered) {
      const line = Math.min(problem.line - 1, editor.lineCount() - 1);
      const length = editor.getLine(line)?.length ?? 0;
      const from = Math.min(problem.column - 1, Math.max(0, length - 1));
      const to = Math.max(from + 1, Math.min(problem.endColumn - 1, length));
      editor.markText({ line, ch: from }, { line, ch: to }, { className: `editor-underline editor-underline-${problem.severity}`, attributes: { title: titleOf(problem) } });
      editor.setGutterMarker(line, marks, gutterMark(problem));
    }
  });
}

function gutterMark(problem: EditorProblem): HTMLElement {
  const mark = document.createElement("span");
  mark.className = `editor-mark editor-mark-${problem.severity}`;
  mark.title = titleOf(problem);
  mark.textContent = problem.severity === "error" ? "✖" : "▲";
  return mark;
}

function titleOf(problem: EditorProblem): string {
  return problem.remedy === null ? problem.message : `${problem.message}\n${problem.remedy}`;
}

function find(editor: Editor, query: string, backwards: boolean): boolean {
  if (query === "") return false;
  const ends = backwards ? { line: editor.lastLine(), ch: editor.getLine(editor.lastLine())?.length ?? 0 } : { line: 0, ch: 0 };
  for (const start of [editor.getCursor(backwards ? "from" : "to"), ends]) {
    const cursor = editor.getSearchCursor(query, start, true);
    if (cursor.find(backwards)) {
      editor.setSelection(cursor.from(), cursor.to());
      editor.scrollIntoView({ from: cursor.from(), to: cursor.to() }, 80);
      return true;
    }
  }
  return false;
}
