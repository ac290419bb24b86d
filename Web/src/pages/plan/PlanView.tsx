import { useState } from "react";
import type { Stack } from "../../api/schema";
import { lazyPage } from "../../app/lazyPage";
import { path, setQuery, useQuery } from "../../app/router";
import { absentFiles, changedFiles, draftFiles } from "../../editor/draft";
import { useDraft } from "../../editor/useDraft";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Empty } from "../../parts/Empty";
import { LinkButton } from "../../parts/LinkButton";
import { Note } from "../../parts/Note";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { standardOptions, type Intent } from "../../plan/intent";
import { PlanSteps } from "../../plan/PlanSteps";
import { PolicyFindings } from "../../plan/PolicyFindings";
import { may, useSession } from "../../app/session";
import { Confirmation } from "./Confirmation";
import { PlanOptions } from "./PlanOptions";
import { planViewOf, planViews } from "./planViews";
import { usePlan } from "./usePlan";
import "./plan.css";

const PlanFiles = lazyPage(() => import("./PlanFiles"));
const PlanImages = lazyPage(() => import("./PlanImages"));
const RevisionFilesDiff = lazyPage(() => import("../../differences/RevisionFilesDiff"));
const ModelDiff = lazyPage(() => import("../../differences/ModelDiff"));
const PlanModel = lazyPage(() => import("./PlanModel"));

/** The plan of what is saved and drafted, its findings, and what confirms it. */
export default function PlanView({ stack, intent }: { stack: Stack; intent: Intent }) {
  const { session } = useSession();
  const view = useQuery().get("show");
  const [options, setOptions] = useState(standardOptions);
  const { store, state } = useDraft(stack.id);
  const changed = intent.kind === "deploy" ? changedFiles(state.draft) : [];
  const isReady = intent.kind === "rollback" || state.listing !== undefined;
  const live = usePlan(stack.id, intent, options, { files: draftFiles(state.draft), absent: absentFiles(state.draft) }, isReady);
  const isAdmin = may(session, "admin", { server: stack.server });
  const edit = <LinkButton to={path`/stacks/${stack.id}/compose`} icon="edit">Edit the files</LinkButton>;

  if (state.problem && intent.kind === "deploy") return <ProblemNote problem={state.problem} retry={() => void store.load()} />;
  if (live.problem) {
    return (
      <>
        <ProblemNote title="There is no plan" problem={live.problem} retry={live.reload} />
        <p className="row">{edit}</p>
      </>
    );
  }
  const { plan } = live;
  if (plan === undefined) return <Skeleton lines={10} waitingFor={stack.server} />;
  const findings = plan.findings ?? [];
  const views = planViews(intent, plan, stack.revision ?? null);
  const shown = planViewOf(views, view);

  return (
    <div className="plan">
      <div className="plan-main">
        {intent.kind === "rollback" && <Note title={`Back to revision ${intent.to}. It becomes a new revision; the files here stay as they are.`} />}
        {changed.length > 0 && <Note title={`The draft is planned. Deploying saves it first: ${changed.map((file) => file.path).join(", ")}.`} />}
        {plan.warnings.length > 0 && <Note kind="warn" title="Warnings"><ul>{plan.warnings.map((warning) => <li key={warning}>{warning}</li>)}</ul></Note>}
        {plan.downtime.length > 0 && <Note kind="warn" title={`Not reachable for a moment: ${plan.downtime.join(", ")}.`} />}
        <div className="toolbar" role="group" aria-label="What is shown">
          {views.map((each) => <Chip key={each.show} text={each.text} count={each.count} isOn={each.show === shown} onChange={() => setQuery({ show: each.show === "steps" ? null : each.show })} />)}
        </div>
        {shown === "steps" && (
          <Panel title="Plan">
            {plan.empty ? (
              <Empty
                title="Nothing to do"
                action={intent.kind === "deploy" && !options.recreate && <Button icon="restart" onClick={() => setOptions({ ...options, recreate: true })}>Recreate all the same</Button>}
              >
                What runs is what the files say.
              </Empty>
            ) : (
              <PlanSteps steps={plan.steps} />
            )}
          </Panel>
        )}
        {shown === "files" && intent.kind === "deploy" && <PlanFiles stack={stack} />}
        {shown === "files" && intent.kind === "rollback" && stack.revision != null && <RevisionFilesDiff stack={stack.id} from={stack.revision} to={intent.to} />}
        {shown === "model" && intent.kind === "rollback" && stack.revision != null && <PlanModel stack={stack.id} from={stack.revision} to={intent.to} />}
        {shown === "model" && intent.kind === "deploy" && (
          <ModelDiff
            differences={plan.differences ?? []} beforeName={`revision ${stack.revision ?? "–"}`} afterName="what is planned"
            empty="The model is that of the revision that runs."
          />
        )}
        {shown === "images" && <PlanImages stack={stack.id} plan={plan} intent={intent} />}
        {findings.length > 0 && (
          <Panel title="Policy">
            <PolicyFindings
              findings={findings} allowed={isAdmin ? new Set(options.allow) : undefined}
              onAllow={(rule, isOn) => setOptions({ ...options, allow: isOn ? [...options.allow, rule] : options.allow.filter((other) => other !== rule) })}
            />
          </Panel>
        )}
      </div>
      <aside className="plan-side">
        <Confirmation
          stack={stack} intent={intent} options={options} plan={plan} isPlanning={live.isPlanning} replan={live.reload}
          onBegin={() => (intent.kind === "deploy" ? store.save() : Promise.resolve())}
        />
        <PlanOptions intent={intent} options={options} onChange={setOptions} />
      </aside>
    </div>
  );
}
