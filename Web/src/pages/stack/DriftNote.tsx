import { call } from "../../api/client";
import { isOfStack } from "../../api/stacks";
import type { Stack } from "../../api/schema";
import { path } from "../../app/router";
import { LinkButton } from "../../parts/LinkButton";
import { Note } from "../../parts/Note";
import { count } from "../../parts/format";
import { reloadLater, useLive } from "../../stream/live";

interface Difference {
  section: string;
  name: string;
  kind: string;
  changes: { path: string; before: string | null; after: string | null }[];
}

/** Few are shown at once; of many, first how many there are. */
const OPEN_DIFFERENCES = 3;

/** What runs is not what was deployed: what differs, and both ways out. */
export function DriftNote({ stack }: { stack: Stack }) {
  const drift = useLive(
    `stack:${stack.id}:drift`,
    (signal) => call("GET /stacks/{stack}/drift", { path: { stack: stack.id } }, { signal }),
    (value, event) =>
      isOfStack(event, stack.id) && ["stack.status", "container.removed", "container.resources", "operation.changed"].includes(event.event) ? reloadLater(value) : value,
  ).value;
  // While something runs on it, it differs for good reason.
  if (!drift?.drifted || stack.busy) return null;
  const differences = drift.differences as Difference[];
  return (
    <Note kind="warn" title={`What runs is not revision ${drift.revision}`}>
      <details open={differences.length <= OPEN_DIFFERENCES}>
        <summary>{count(differences.length, "difference")}</summary>
        <ul>
          {differences.map((one) => (
            <li key={`${one.section}:${one.name}`}>
              {one.section} <b>{one.name}</b>: {one.kind}
              {one.changes.length > 0 && (
                <ul>
                  {one.changes.map((change) => (
                    <li key={change.path}><code>{change.path}</code>: {change.before ?? "nothing"} → {change.after ?? "nothing"}</li>
                  ))}
                </ul>
              )}
            </li>
          ))}
        </ul>
      </details>
      <div className="row">
        <LinkButton to={path`/stacks/${stack.id}/plan`} kind="main">Take back</LinkButton>
        <LinkButton to={path`/stacks/${stack.id}/compose`}>Accept into the files</LinkButton>
      </div>
    </Note>
  );
}
