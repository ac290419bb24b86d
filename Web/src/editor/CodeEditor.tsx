import { useEffect, useId, useRef, useState } from "react";
import type { EditorKeys, TextEditor } from "./codeMirror";
import { FindBar } from "./FindBar";
import type { EditorProblem } from "./problems";
import type { KnownVariable } from "./variableText";
import "./editor.css";

interface CodeEditorProps {
  label: string;
  path: string;
  text: string;
  isReadOnly?: boolean;
  problems?: readonly EditorProblem[];
  /** What `${…}` can name, with its value. */
  variables?: ReadonlyMap<string, KnownVariable>;
  /** Names of images to complete with. */
  images?: () => Promise<readonly string[]>;
  onChange?: (path: string, text: string) => void;
  onSave?: () => void;
  onMain?: () => void;
  onNextProblem?: (backwards: boolean) => void;
  /** Gives the open editor to who moves its cursor; null when it is closed. */
  onReady?: (editor: TextEditor | null) => void;
  /** A file is shown, the first or another one. */
  onShown?: () => void;
}

const noVariables: ReadonlyMap<string, KnownVariable> = new Map();

/** A text editor with line numbers, marks and a search of its own; its program is loaded when it is first shown. */
export default function CodeEditor(props: CodeEditorProps) {
  const { label, path, text, isReadOnly = false, problems = [] } = props;
  const place = useRef<HTMLTextAreaElement>(null);
  const editor = useRef<TextEditor | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [isOpen, setOpen] = useState(false);
  const [isFinding, setFinding] = useState(false);
  const [fault, setFault] = useState(false);
  const [variable, setVariable] = useState("");
  const hint = useId();

  useEffect(() => {
    let isGone = false;
    const keys: EditorKeys = {
      save: () => latest.current.onSave?.(),
      main: () => latest.current.onMain?.(),
      find: () => setFinding(true),
      nextProblem: (backwards) => latest.current.onNextProblem?.(backwards),
    };
    void import("./codeMirror").then(
      ({ openEditor }) => {
        if (isGone || place.current === null) return;
        const now = latest.current;
        const opened = openEditor(place.current, {
          label: now.label, isReadOnly: now.isReadOnly ?? false, keys,
          change: (changed, value) => latest.current.onChange?.(changed, value),
          variables: () => latest.current.variables ?? noVariables,
          images: async () => (await latest.current.images?.()) ?? [],
          atVariable: setVariable,
        });
        opened.show(now.path, now.text);
        opened.mark(now.problems ?? []);
        editor.current = opened;
        setOpen(true);
        now.onReady?.(opened);
      },
      () => setFault(true),
    );
    return () => {
      isGone = true;
      latest.current.onReady?.(null);
      editor.current?.close();
      editor.current = null;
    };
  }, []);

  useEffect(() => editor.current?.show(path, text), [path, text, isOpen]);
  useEffect(() => {
    if (isOpen) latest.current.onShown?.();
  }, [path, isOpen]);
  useEffect(() => editor.current?.mark(problems), [problems, path, text, isOpen]);
  useEffect(() => editor.current?.setReadOnly(isReadOnly), [isReadOnly, isOpen]);

  return (
    <div className="code-editor">
      {isFinding && (
        <FindBar
          onFind={(query, backwards) => editor.current?.find(query, backwards) ?? false}
          onClose={() => {
            setFinding(false);
            editor.current?.focus();
          }}
        />
      )}
      <textarea
        ref={place} className="code-editor-plain" aria-label={label} aria-describedby={hint} value={text} readOnly={isReadOnly || !fault} spellCheck={false}
        onChange={(event) => props.onChange?.(path, event.target.value)}
      />
      {variable !== "" && <p className="code-editor-keys mono" role="status">{variable}</p>}
      <p id={hint} className="code-editor-keys">
        {fault ? "The editor could not be loaded; this is a plain text field." : "Tab indents; Esc, then Tab leaves the editor. Ctrl+F searches, Ctrl+Space completes, F8 goes to the next problem."}
      </p>
    </div>
  );
}
