import { useMemo, useState } from "react";
import CodeEditor from "../../editor/CodeEditor";
import { problemsOf } from "../../editor/problems";
import { Button } from "../../parts/Button";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { createStack } from "./createStack";
import { NameAndServer } from "./NameAndServer";
import { useNewStack } from "./useNewStack";

const example = `services:
  web:
    image: nginx:1.29-alpine
    ports:
      - "127.0.0.1:8080:80"
`;

/** A Compose file written or pasted here. */
export default function FromFile() {
  const place = useNewStack();
  const [text, setText] = useState(example);
  const create = useAction(() => createStack(place.name, place.server, [{ path: "compose.yaml", text }]));
  const problems = useMemo(() => problemsOf(create.problem?.faults ?? [], [], () => text), [create.problem]);
  const submit = () => {
    if (place.refusal === null) void create.run();
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <NameAndServer place={place} />
      <CodeEditor label="Text of compose.yaml" path="compose.yaml" text={text} problems={problems} onChange={(_, value) => setText(value)} onSave={submit} onMain={submit} />
      {create.problem && <ProblemNote title="The stack was not made" problem={create.problem} />}
      <p className="row"><Button kind="main" type="submit" isBusy={create.isBusy} refusal={place.refusal}>Make the stack</Button></p>
    </form>
  );
}
