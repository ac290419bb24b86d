import type { Problem } from "../api/schema";
import { Button } from "./Button";
import { CopyButton } from "./CopyButton";
import { Icon } from "./Icon";
import { shownText } from "./shownText";

interface Props {
  problem: Pick<Problem, "detail"> & Partial<Problem>;
  retry?: () => void;
  /** What was tried, before the server's words: "The stack was not deployed". */
  title?: string;
}

/** A problem in its place: what, where, what to do, and how to find it in the server's log. */
export function ProblemNote({ problem, retry, title }: Props) {
  const faults = problem.faults ?? [];
  return (
    <div className="note note-danger" role="alert">
      <Icon name="error" />
      <div className="note-body">
        {title && <p className="note-title">{title}</p>}
        <p>{shownText(problem.detail)}</p>
        {faults.length > 0 && (
          <ul>
            {faults.map((fault, index) => (
              <li key={index}>
                <code>{fault.place}</code>: {shownText(fault.message)}
                {fault.remedy && <span className="muted"> · {fault.remedy}</span>}
              </li>
            ))}
          </ul>
        )}
        {problem.remedy && <p className="muted">{problem.remedy}</p>}
        {(retry || problem.request_id) && (
          <p className="row">
            {retry && <Button icon="restart" onClick={retry}>Try again</Button>}
            {problem.request_id && (
              <span className="muted small">
                request <code>{problem.request_id}</code> <CopyButton text={problem.request_id} name="Copy request id" />
              </span>
            )}
          </p>
        )}
      </div>
    </div>
  );
}
