import { Badge } from "../parts/Badge";
import { count } from "../parts/format";
import { countVerdicts, groupsOf, type PlanStep, type Verdict } from "./planGroups";

const tones: Record<Verdict, "ok" | "info" | "warn" | "danger" | "muted"> = {
  create: "ok", recreate: "warn", restart: "warn", start: "ok", stop: "warn", remove: "danger", change: "info", keep: "muted",
};

/** What happens to each service, why, and step by step. */
export function PlanSteps({ steps }: { steps: readonly PlanStep[] }) {
  const groups = groupsOf(steps);
  const summary = countVerdicts(groups).map(([verdict, amount]) => `${amount} ${verdict}`).join(", ");
  return (
    <div className="plan-steps">
      <p className="muted">{[summary, count(steps.length, "step")].filter(Boolean).join(" · ")}</p>
      {groups.map((group) => (
        <section key={group.service ?? ""} className="plan-group">
          <h3>
            <span>{group.service ?? "Shared"}</span> {group.service !== null && <Badge tone={tones[group.verdict]}>{group.verdict}</Badge>}
            {group.downtime && <Badge tone="warn">downtime</Badge>}
            {group.dataLoss && <Badge tone="danger">data loss</Badge>}
          </h3>
          {group.causes.length > 0 && <ul className="plan-causes">{group.causes.map((cause) => <li key={cause}>{cause}</li>)}</ul>}
          <details>
            <summary>{count(group.steps.length, "step")}</summary>
            <ol className="plan-list">
              {group.steps.map((step) => (
                <li key={step.number} value={step.number}>
                  <span className="plan-phase muted">{step.phase}</span> <strong>{step.action}</strong> {step.target}
                  <span className="muted"> · {step.cause}</span>
                  {step.downtime && <Badge tone="warn">downtime</Badge>}
                  {step.dataLoss && <Badge tone="danger">data loss</Badge>}
                </li>
              ))}
            </ol>
          </details>
        </section>
      ))}
    </div>
  );
}
