import type { ServerTest } from "../../api/schema";
import { Status } from "../../parts/Status";
import "./server.css";

/** What a test of the way to a server found, step by step, each with its remedy. */
export function TestSteps({ test }: { test: ServerTest }) {
  return (
    <ol className="plain-list steps">
      {test.steps.map((step, index) => (
        <li key={index}>
          <Status status={step.outcome === "fail" ? "failed" : step.outcome === "ok" ? "ok" : "unknown"} word={step.outcome === "not_tried" ? "not tried" : undefined} />
          <strong>{step.name}</strong> <span className="mono">{step.host}</span>
          <span className="grow">{step.message}{step.remedy && <span className="muted"> · {step.remedy}</span>}</span>
          {step.milliseconds != null && <span className="numbers muted">{step.milliseconds} ms</span>}
        </li>
      ))}
    </ol>
  );
}
