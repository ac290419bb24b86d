import { useEffect, useRef, useState } from "react";
import { idempotencyKey } from "../../api/client";
import { CallProblem } from "../../api/problem";
import type { Plan, Stack } from "../../api/schema";
import { go } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Checkbox } from "../../parts/Checkbox";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { TextArea } from "../../parts/TextArea";
import { useAction } from "../../parts/useAction";
import { begin, type DeployOptions, type Intent } from "../../plan/intent";
import { isDenied } from "../../plan/PolicyFindings";

interface Props {
  stack: Stack;
  intent: Intent;
  options: DeployOptions;
  plan: Plan;
  isPlanning: boolean;
  replan: () => void;
  /** Saves the draft that was planned. */
  onBegin: () => Promise<void>;
}

/** Why, and the button that begins exactly what was planned. */
export function Confirmation({ stack, intent, options, plan, isPlanning, replan, onBegin }: Props) {
  const { session } = useSession();
  const [message, setMessage] = useState("");
  const [acceptsLoss, setAcceptsLoss] = useState(false);
  const [isStale, setStale] = useState(false);
  // The new plan is the answer to a stale one: who has seen it may confirm it.
  const key = useRef(idempotencyKey());
  useEffect(() => {
    key.current = idempotencyKey();
    // Another plan may lose other data.
    setAcceptsLoss(false);
  }, [plan.hash]);

  const start = useAction(async () => {
    setStale(false);
    await onBegin();
    try {
      const operation = await begin(stack.id, intent, options, plan.hash, message.trim(), key.current);
      go(`/operations/${operation.id}`);
    } catch (error) {
      // What was confirmed is what runs, or nothing.
      if (!(error instanceof CallProblem) || error.code !== "stale_plan") throw error;
      setStale(true);
      replan();
    }
  });

  const denied = (plan.findings ?? []).filter(isDenied).filter((finding) => !options.allow.includes(finding.rule));
  const refusal =
    !may(session, "operator", { server: stack.server, stack: stack.name }) ? "needs operator"
    : stack.busy ? `busy: ${stack.busy}`
    : !stack.reachable ? `${stack.server} cannot be reached`
    : denied.length > 0 ? `the policy denies it: ${[...new Set(denied.map((finding) => finding.rule))].join(", ")}`
    : plan.dataLoss && !acceptsLoss ? "confirm the loss of data first"
    : isPlanning ? "planning…"
    : null;
  const next = (stack.last_revision ?? 0) + 1;
  const act = intent.kind === "deploy" ? `Deploy revision ${next} to ${stack.server}` : `Roll back ${stack.name} to revision ${intent.to}`;

  return (
    <Panel title={intent.kind === "deploy" ? "Deploy" : "Roll back"}>
      <form
        className="confirmation"
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal === null && !start.isBusy) void start.run();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
        }}
      >
        <TextArea label="Message" rows={2} maxLength={1000} value={message} onChange={setMessage} hint="Why, for the history. It may be empty." />
        {plan.dataLoss && (
          <Checkbox label="Data is lost by this, and that is wanted" isOn={acceptsLoss} onChange={setAcceptsLoss} hint="The steps marked “data loss” remove volumes or what is in them." />
        )}
        {isStale && <Note kind="warn" title="The plan has changed since you saw it: the files or what runs are others now. Look at the new one, then confirm again." />}
        {start.problem && <ProblemNote title="Not begun" problem={start.problem} />}
        <Button type="submit" kind="main" icon="deploy" isBusy={start.isBusy} refusal={refusal} aria-keyshortcuts="Control+Enter">{act}</Button>
        {refusal !== null && <p className="muted">{refusal}</p>}
      </form>
    </Panel>
  );
}
