import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import { go } from "../../app/router";
import { GitFields } from "../../git/GitFields";
import { emptySource, sourceBody, sourceRefusal } from "../../git/gitSource";
import { Button } from "../../parts/Button";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";
import { NameAndServer } from "./NameAndServer";
import { nameFrom } from "./stackName";
import { useNewStack } from "./useNewStack";

/** Files of a Git repository. */
export default function FromGit() {
  const [source, setSource] = useState(emptySource);
  const place = useNewStack(nameFrom(source.url.replace(/\/+$/, "").split(/[/:]/).pop() ?? ""));
  const create = useAction(async () => {
    const operation = await call("POST /stacks/git", { body: { name: place.name, server: place.server, source: sourceBody(source) } }, { idempotencyKey: idempotencyKey() });
    go(`/operations/${operation.id}`);
  });
  const refusal = sourceRefusal(source) ?? place.refusal;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (refusal === null) void create.run();
      }}
    >
      <GitFields source={source} onChange={setSource} hasToken={false} />
      <NameAndServer place={place} />
      {create.problem && <ProblemNote title="The stack was not made" problem={create.problem} />}
      <p className="row"><Button kind="main" type="submit" isBusy={create.isBusy} refusal={refusal}>Fetch the files</Button></p>
    </form>
  );
}
