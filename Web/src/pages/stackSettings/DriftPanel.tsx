import { useState } from "react";
import { call } from "../../api/client";
import type { Answer } from "../../api/client";
import type { Stack } from "../../api/schema";
import { lazyPage } from "../../app/lazyPage";
import { path } from "../../app/router";
import { Button } from "../../parts/Button";
import { LinkButton } from "../../parts/LinkButton";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { useAction } from "../../parts/useAction";

const ModelDiff = lazyPage(() => import("../../differences/ModelDiff"));

/** Whether what runs is what was deployed, on request: it asks the engine about every container. */
export function DriftPanel({ stack }: { stack: Stack }) {
  const [drift, setDrift] = useState<Answer<"GET /stacks/{stack}/drift">>();
  const look = useAction(async () => setDrift(await call("GET /stacks/{stack}/drift", { path: { stack: stack.id } })));
  const refusal = stack.revision == null ? "nothing is deployed" : null;
  return (
    <Panel title="Drift" actions={<Button onClick={() => void look.run()} isBusy={look.isBusy} refusal={refusal}>Compare with what runs</Button>}>
      {look.problem && <ProblemNote problem={look.problem} />}
      {drift === undefined && <p className="muted">What somebody changed past Slipway, against revision {stack.revision ?? "–"}.</p>}
      {drift !== undefined && !drift.drifted && <Note kind="ok" title={`What runs is revision ${drift.revision}.`} />}
      {drift?.drifted && (
        <>
          <p className="row">
            <LinkButton to={path`/stacks/${stack.id}/plan`} icon="deploy">Take it back by a deploy</LinkButton>
            <LinkButton to={path`/stacks/${stack.id}/compose`} icon="edit">Take it into the files</LinkButton>
          </p>
          <ModelDiff differences={drift.differences} beforeName={`revision ${drift.revision}`} afterName="what runs" empty="Nothing differs." />
        </>
      )}
    </Panel>
  );
}
