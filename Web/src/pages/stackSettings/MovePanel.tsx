import { useState } from "react";
import { call, idempotencyKey } from "../../api/client";
import { useServers } from "../../api/servers";
import type { Move, MovePlan, Stack } from "../../api/schema";
import { go } from "../../app/router";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Empty } from "../../parts/Empty";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Select } from "../../parts/Select";
import { useAction } from "../../parts/useAction";
import { PolicyFindings } from "../../plan/PolicyFindings";

const parts = [{ part: "before", title: "While it still runs here" }, { part: "downtime", title: "While it stands still" }, { part: "after", title: "Afterwards" }] as const;

/** Takes the stack with its data to another server: first what would be done, then that. */
export function MovePanel({ stack }: { stack: Stack }) {
  const servers = (useServers().value ?? []).filter((server) => server.name !== stack.server && !server.jump_only).map((server) => server.name);
  const [chosen, setChosen] = useState<string>();
  const [body, setBody] = useState<Pick<Move, "keep_source" | "without_volumes">>({});
  const [plan, setPlan] = useState<MovePlan>();
  const to = chosen ?? servers[0];
  const path = { stack: stack.id };
  const change = (next: typeof body) => {
    setBody(next);
    setPlan(undefined);
  };
  const look = useAction(async (server: string) => setPlan(await call("POST /stacks/{stack}/move/plan", { path, body: { to: server, ...body } })));
  const move = useAction(async (server: string) => {
    const operation = await call("POST /stacks/{stack}/move", { path, body: { to: server, ...body } }, { idempotencyKey: idempotencyKey() });
    go(`/operations/${operation.id}`);
  });
  return (
    <Panel title="Move to another server">
      {to === undefined ? (
        <Empty title="There is no other server" />
      ) : (
        <>
          <div className="form">
            <Select label="To" value={to} options={servers.map((name) => ({ value: name, label: name }))} onChange={(name) => { setChosen(name); setPlan(undefined); }} />
            <Checkbox label="Leave the data here" hint="Volumes begin empty there." isOn={body.without_volumes === true} onChange={(isOn) => change({ ...body, without_volumes: isOn || undefined })} />
            <Checkbox label="Keep the stopped stack here" isOn={body.keep_source === true} onChange={(isOn) => change({ ...body, keep_source: isOn || undefined })} />
          </div>
          {(look.problem ?? move.problem) && <ProblemNote problem={(look.problem ?? move.problem)!} />}
          {plan !== undefined && (
            <>
              {plan.warnings.length > 0 && <Note kind="warn" title="Warnings"><ul>{plan.warnings.map((warning) => <li key={warning}>{warning}</li>)}</ul></Note>}
              {plan.downtime.length > 0 && <Note kind="warn" title={`Not reachable meanwhile: ${plan.downtime.join(", ")}.`} />}
              {parts.map(({ part, title }) => {
                const steps = plan.steps.filter((step) => step.part === part);
                return steps.length > 0 && (
                  <section key={part}>
                    <h3>{title}</h3>
                    <ol>{steps.map((step, index) => <li key={index}><strong>{step.action}</strong> {step.target} <span className="muted">· {step.cause}</span></li>)}</ol>
                  </section>
                );
              })}
              {plan.stays.length > 0 && <p className="muted">Stays here: {plan.stays.join(", ")}.</p>}
              {plan.findings && plan.findings.length > 0 && <PolicyFindings findings={plan.findings} />}
            </>
          )}
          <p className="row">
            <Button isBusy={look.isBusy} onClick={() => void look.run(to)}>Plan the move</Button>
            <Button kind="main" isBusy={move.isBusy} refusal={plan === undefined ? "plan it first" : null} onClick={() => void move.run(to)}>{`Move ${stack.name} to ${to}`}</Button>
          </p>
        </>
      )}
    </Panel>
  );
}
