import { useRef, useState } from "react";
import { call } from "../../api/client";
import { imageNames } from "../../api/images";
import CodeEditor from "../../editor/CodeEditor";
import type { TextEditor } from "../../editor/codeMirror";
import { nextProblem, type EditorProblem } from "../../editor/problems";
import { useChecked } from "../../editor/useChecked";
import { Button } from "../../parts/Button";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { ProblemList } from "../compose/ProblemList";
import "../compose/compose.css";
import { createStack } from "./createStack";
import { NameAndServer } from "./NameAndServer";
import { useNewStack } from "./useNewStack";

const path = "compose.yaml";
const example = `services:
  web:
    image: nginx:1.29-alpine
    ports:
      - "127.0.0.1:8080:80"
`;

/** A Compose file written or pasted here, checked while it is written. */
export default function FromFile() {
  const place = useNewStack();
  const [text, setText] = useState(example);
  const editor = useRef<TextEditor | null>(null);
  // Without a name that can be one, the text can be checked all the same.
  const name = place.refusal === null ? place.name : "unnamed";
  const checked = useChecked({
    key: JSON.stringify([name, text]), textOf: (file) => (file === path ? text : undefined),
    check: (signal) => call("POST /validate", { body: { name, files: [{ path, text }] } }, { signal }),
  });
  const create = useAction(() => createStack(place.name, place.server, [{ path, text }]));
  const refusal = place.refusal ?? (checked.isCurrent && checked.problems.some((problem) => problem.severity === "error") ? "correct the errors first" : null);
  const submit = () => {
    if (refusal === null && !create.isBusy) void create.run();
  };
  const show = (problem: EditorProblem) => editor.current?.goTo(problem.line, problem.column, true);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <NameAndServer place={place} />
      <div className="compose-split">
        <CodeEditor
          label={`Text of ${path}`} path={path} text={text} problems={checked.problems} images={() => imageNames(place.server)} onReady={(opened) => { editor.current = opened; }}
          onChange={(_, value) => setText(value)} onSave={submit} onMain={submit}
          onNextProblem={(backwards) => {
            const problem = nextProblem(checked.problems, { file: path, ...(editor.current?.place() ?? { line: 1, column: 1 }) }, backwards);
            if (problem !== null) show(problem);
          }}
        />
        <ProblemList
          checked={checked} onGo={show}
          onFix={(problem) => {
            if (problem.replacement !== null) editor.current?.replace(problem.line, problem.column, problem.endColumn, problem.replacement);
            show(problem);
          }}
        />
      </div>
      {create.problem && <ProblemNote title="The stack was not made" problem={create.problem} />}
      <p className="row"><Button kind="main" type="submit" isBusy={create.isBusy} refusal={refusal} aria-keyshortcuts="Control+Enter">Make the stack</Button></p>
    </form>
  );
}
