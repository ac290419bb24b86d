import { useState } from "react";
import { call } from "../../api/client";
import { isEnded } from "../../api/operations";
import type { Operation } from "../../api/schema";
import type { PageProps } from "../../app/routes";
import { path } from "../../app/router";
import { may, useSession } from "../../app/session";
import { Button } from "../../parts/Button";
import { Confirm } from "../../parts/Confirm";
import { Elapsed } from "../../parts/Elapsed";
import { Facts } from "../../parts/Facts";
import { Link } from "../../app/Link";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Status } from "../../parts/Status";
import { Time } from "../../parts/Time";
import { useLive } from "../../stream/live";
import { cancelWords } from "./cancelWords";
import { EventLines } from "./EventLines";
import { Lanes } from "./Lanes";
import { operationName } from "./operationName";
import { Outcome } from "./Outcome";
import { SpokenState } from "./SpokenState";
import { stackOf } from "./stackOf";
import type { Story } from "./story";
import { Transfers } from "./Transfers";
import { useStory } from "./useStory";
import "./operation.css";

/** One operation: as it runs, or as it went. Its address stays good, also after a reload in the middle. */
export default function OperationPage({ params }: PageProps) {
  const id = params.operation ?? "";
  const live = useLive<Operation>(
    `operation:${id}`,
    (signal) => call("GET /operations/{operation}", { path: { operation: id } }, { signal }),
    (value, event) => (event.event === "operation.changed" && event.operation === id ? "reload" : value),
  );
  const { story, problem } = useStory(id, live.reload);
  const operation = live.value;
  const stack = operation && stackOf(operation);
  return (
    <Page
      title={operation ? operationName(operation) : "Operation"} mark={operation && <Status status={operation.state} />}
      crumbs={[{ to: "/operations", text: "Operations" }, ...(stack ? [{ to: path`/stacks/${stack}`, text: stack }] : [])]}
      actions={operation && !isEnded(operation) && <CancelButton operation={operation} story={story} />}
    >
      <Loaded live={live} waitingFor="the operation">
        {(now) => (
          <>
            <SpokenState operation={now} story={story} />
            {problem && <ProblemNote problem={problem} />}
            <Outcome operation={now} story={story} />
            <div className="columns">
              <div className="stack">
                {story.transfers.size > 0 && <Panel title="Images and data"><Transfers story={story} /></Panel>}
                <Panel title="Steps"><Lanes story={story} isEnded={isEnded(now)} /></Panel>
              </div>
              <div className="stack">
                <Panel title="About">
                  <Facts
                    facts={[
                      ["Why", now.title === now.kind ? null : now.title],
                      ["Stack", stack && <Link to={path`/stacks/${stack}`}>{stack}</Link>],
                      ["Server", now.server],
                      ["By", `${now.requested_by} (${now.way})`],
                      ["Begun", <Time key="begun" at={now.started_at ?? now.created_at} exact />],
                      ["Took", <Elapsed key="took" from={now.started_at ?? now.created_at} to={now.ended_at} />],
                      ["Revision", now.revision != null && stack ? <Link key="revision" to={path`/stacks/${stack}/revisions/${now.revision}`}>{now.revision}</Link> : null],
                      ["Id", <code key="id">{now.id}</code>],
                    ]}
                  />
                </Panel>
                <Panel title="What it told" isFlush><EventLines lines={story.lines} /></Panel>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function CancelButton({ operation, story }: { operation: Operation; story: Story }) {
  const { session } = useSession();
  const [isAsked, setAsked] = useState(false);
  const refusal = may(session, "operator", operation) ? null : "needs operator";
  async function cancel(): Promise<void> {
    await call("POST /operations/{operation}/cancel", { path: { operation: operation.id } });
  }
  return (
    <>
      <Button kind="danger" icon="close" refusal={refusal} onClick={() => setAsked(true)}>Cancel</Button>
      {isAsked && (
        <Confirm title="Cancel this operation?" act="Cancel the operation" isDangerous onConfirm={cancel} onClose={() => setAsked(false)}>
          <ul>{cancelWords(operation, story).map((words) => <li key={words}>{words}</li>)}</ul>
        </Confirm>
      )}
    </>
  );
}
