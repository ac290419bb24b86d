import type { Operation } from "../../api/schema";
import { path } from "../../app/router";
import { LinkButton } from "../../parts/LinkButton";
import { Note } from "../../parts/Note";
import { durationText } from "../../parts/format";
import { outcomeOf } from "./outcomeOf";
import { stackAfter } from "./stackOf";
import type { Story } from "./story";

/** The end, and what to do next: first what runs now, then why. */
export function Outcome({ operation, story }: { operation: Operation; story: Story }) {
  const outcome = outcomeOf(operation);
  if (!outcome) {
    return story.undoing ? <Note kind="warn" title="It goes back to what ran before"><Lines text={story.undoing} /></Note> : null;
  }
  const stack = stackAfter(operation);
  const took = operation.started_at && operation.ended_at ? durationText(Date.parse(operation.ended_at) - Date.parse(operation.started_at)) : null;
  const isDeploy = operation.kind === "deploy" || operation.kind === "rollback";
  return (
    <Note kind={outcome.tone} title={outcome.runsNow ?? `${outcome.words}${took ? ` in ${took}` : ""}`}>
      {outcome.runsNow && <p>{outcome.words}{took && ` after ${took}`}.</p>}
      {outcome.cause && <Lines text={outcome.cause} />}
      {outcome.remedy && <p className="muted">{outcome.remedy}</p>}
      {stack && (
        <div className="row">
          {outcome.tone === "ok" ? (
            <>
              <LinkButton to={path`/stacks/${stack}`} kind="main">Open the stack</LinkButton>
              <LinkButton to={path`/stacks/${stack}/logs`} icon="logs">Logs</LinkButton>
              {operation.revision != null && <LinkButton to={path`/stacks/${stack}/revisions/${operation.revision}`} icon="branch">{`Revision ${operation.revision}`}</LinkButton>}
            </>
          ) : (
            <>
              {isDeploy && <LinkButton to={path`/stacks/${stack}/compose`} icon="edit" kind="main">Edit</LinkButton>}
              {isDeploy && <LinkButton to={path`/stacks/${stack}/plan`} icon="restart">Try again</LinkButton>}
              {isDeploy && <LinkButton to={path`/stacks/${stack}/revisions`} icon="branch">Roll back</LinkButton>}
              <LinkButton to={path`/stacks/${stack}/logs`} icon="logs">Logs</LinkButton>
            </>
          )}
        </div>
      )}
    </Note>
  );
}

/** Lines of the server's own words, with its indents. */
function Lines({ text }: { text: string }) {
  const [first, ...rest] = text.split("\n");
  return (
    <>
      <p>{first}</p>
      {rest.length > 0 && <pre className="outcome-lines">{rest.map((line) => line.replace(/^ {2}/, "")).join("\n")}</pre>}
    </>
  );
}
