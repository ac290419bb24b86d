import { countProblems, type EditorProblem } from "../../editor/problems";
import type { Checked } from "../../editor/useChecked";
import { Button } from "../../parts/Button";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { count } from "../../parts/format";

interface Props {
  checked: Checked;
  onGo: (problem: EditorProblem) => void;
  onFix: (problem: EditorProblem) => void;
}

/** What is wrong with the files: each with its place, its remedy, and a correction where there is one. */
export function ProblemList({ checked, onGo, onFix }: Props) {
  const { errors, warnings } = countProblems(checked.problems);
  return (
    <Panel title="Problems" className="problem-list" isFlush>
      <p className="problem-list-count" role="status">{wordsOf(checked, errors, warnings)}</p>
      {checked.failure && <ProblemNote title="The files could not be checked" problem={checked.failure} />}
      <ol>
        {checked.problems.map((problem, index) => (
          <li key={index} className={`problem problem-${problem.severity}`}>
            <button type="button" className="problem-go" onClick={() => onGo(problem)}>
              <span className="problem-place">
                <span aria-hidden="true">{problem.severity === "error" ? "✖" : "▲"}</span>{" "}
                <span className="unseen">{problem.severity}: </span>
                <span className="mono">{problem.file === "" ? "files" : `${problem.file}:${problem.line}`}</span>
              </span>
              <span className="problem-text">{problem.message}</span>
              {problem.remedy !== null && <span className="muted">{problem.remedy}</span>}
            </button>
            {problem.replacement !== null && (
              <Button onClick={() => onFix(problem)} title={`Write ${problem.replacement}`}>Fix</Button>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function wordsOf(checked: Checked, errors: number, warnings: number): string {
  if (checked.isChecking) return checked.isValid === undefined ? "Checking…" : `Checking… Before: ${wordsOf({ ...checked, isChecking: false }, errors, warnings)}`;
  if (checked.isValid === undefined) return "";
  const parts = [errors > 0 && count(errors, "error"), warnings > 0 && count(warnings, "warning")].filter(Boolean);
  if (parts.length > 0) return parts.join(", ");
  return `No problems. ${count(checked.services.length, "service")}: ${checked.services.join(", ") || "none"}.`;
}
