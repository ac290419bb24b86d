import type { ServerTest } from "../../api/schema";
import { Status } from "../../parts/Status";

const STATUS: Record<ServerTest["steps"][number]["outcome"], [status: string, word: string]> = {
  ok: ["ok", "ok"], fail: ["fail", "failed"], not_tried: ["unknown", "not tried"],
};

/** The steps of a test, each with what it found and what to do. */
export function TestSteps({ test }: { test: ServerTest }) {
  return (
    <ol className="test-steps">
      {test.steps.map((step, index) => (
        <li key={index}>
          <Status status={STATUS[step.outcome][0]} word={STATUS[step.outcome][1]} />
          <span>
            <b>{step.name}</b> {step.message}
            {step.remedy && <span className="muted"> · {step.remedy}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
