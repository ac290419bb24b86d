import { useState } from "react";
import { call } from "../../api/client";
import type { Finding, ServerTest } from "../../api/schema";
import { Button } from "../../parts/Button";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Status } from "../../parts/Status";
import { useAction } from "../../parts/useAction";
import { TestSteps } from "./TestSteps";

/** Tries the way to the engine, and what the engine needs; each finding with its remedy. */
export function ServerChecks({ server, isAdmin }: { server: string; isAdmin: boolean }) {
  const [test, setTest] = useState<ServerTest>();
  const [findings, setFindings] = useState<Finding[]>();
  const path = { server };
  const runTest = useAction(async () => setTest(await call("POST /servers/{server}/test", { path })));
  const diagnose = useAction(async () => setFindings((await call("POST /servers/{server}/diagnosis", { path })).items));
  const refusal = isAdmin ? null : "needs admin";
  return (
    <Panel
      title="Checks" isFlush
      actions={
        <>
          <Button refusal={refusal} isBusy={runTest.isBusy} onClick={() => void runTest.run()}>Test the way there</Button>
          <Button refusal={refusal} isBusy={diagnose.isBusy} onClick={() => void diagnose.run()}>Check everything</Button>
        </>
      }
    >
      {runTest.problem && <ProblemNote problem={runTest.problem} />}
      {diagnose.problem && <ProblemNote problem={diagnose.problem} />}
      {test && <TestSteps test={test} />}
      {findings && (
        <ul className="plain-list steps">
          {findings.map((finding) => (
            <li key={finding.name}>
              <Status status={finding.verdict} /> <strong>{finding.name}</strong>
              <span className="grow">{finding.message}{finding.remedy && <span className="muted"> · {finding.remedy}</span>}</span>
            </li>
          ))}
        </ul>
      )}
      {!test && !findings && <p className="padded muted">Nothing was tried yet.</p>}
    </Panel>
  );
}
