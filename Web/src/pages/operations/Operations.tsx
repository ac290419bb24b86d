import { useState } from "react";
import { call } from "../../api/client";
import { asQuery, isEnded, useOperations } from "../../api/operations";
import type { Operation } from "../../api/schema";
import { go, setQuery, useQuery } from "../../app/router";
import { ofServer, useServerChoice } from "../../app/serverChoice";
import { Link } from "../../app/Link";
import { Button } from "../../parts/Button";
import { Chip } from "../../parts/Chip";
import { Elapsed } from "../../parts/Elapsed";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Status } from "../../parts/Status";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { useAction } from "../../parts/useAction";
import { operationName } from "../operation/operationName";

const KEPT = 100;

const EMPTY: Record<string, string> = { open: "Nothing runs just now", failed: "Nothing has failed" };

function fits(operation: Operation, state: string | null): boolean {
  if (state === "open") return !isEnded(operation);
  if (state === "failed") return isEnded(operation) && operation.state !== "done" && operation.state !== "cancelled";
  return true;
}

/** What was done, newest first, and what runs. */
export default function Operations() {
  const query = useQuery();
  const stack = query.get("stack") ?? "";
  const state = query.get("state");
  const server = useServerChoice();
  const live = useOperations(stack ? { stack } : {}, KEPT);
  const [older, setOlder] = useState<Operation[]>([]);
  const [cursor, setCursor] = useState<string | null>();
  const more = useAction(async () => {
    // The page that is shown has no cursor of its own: the first one that is asked for is read behind it.
    let next = cursor;
    if (next === undefined) next = (await call("GET /operations", { query: { ...asQuery({ stack }), limit: KEPT } })).next;
    if (!next) return setCursor(null);
    const page = await call("GET /operations", { query: { ...asQuery({ stack }), limit: KEPT, cursor: next } });
    setOlder((old) => [...old, ...page.items]);
    setCursor(page.next);
  });
  return (
    <Page title="Operations">
      <div className="toolbar">
        <Chip text="Running" isOn={state === "open"} onChange={(isOn) => setQuery({ state: isOn ? "open" : null })} />
        <Chip text="Failed" isOn={state === "failed"} onChange={(isOn) => setQuery({ state: isOn ? "failed" : null })} />
        {stack && <Chip text={`Stack ${stack}`} isOn onChange={() => setQuery({ stack: null })} />}
      </div>
      <Panel title="Newest first" isTitleHidden isFlush>
        <Loaded live={live}>
          {(newest) => {
            const known = new Set(newest.map((one) => one.id));
            const all = ofServer([...newest, ...older.filter((one) => !known.has(one.id))], server).filter((one) => fits(one, state));
            if (all.length === 0) {
              return <Empty title={EMPTY[state ?? ""] ?? "Nothing was done yet"}>Deploys, restarts, pulls and what else takes time are listed here.</Empty>;
            }
            return (
              <Table
                caption="Operations" rows={all} rowKey={(one) => one.id} onOpen={(one) => go(`/operations/${one.id}`)}
                columns={[
                  { key: "name", title: "Operation", isName: true, cell: (one) => <><Link to={`/operations/${one.id}`}>{operationName(one)}</Link>{one.title !== one.kind && <span className="below">{one.title}</span>}</> },
                  { key: "state", title: "State", cell: (one) => <Status status={one.state} /> },
                  { key: "by", title: "By", isShort: true, cell: (one) => one.requested_by },
                  { key: "when", title: "When", isShort: true, cell: (one) => <Time at={one.created_at} /> },
                  { key: "took", title: "Took", isNumber: true, cell: (one) => <Elapsed from={one.started_at} to={one.ended_at} /> },
                ]}
              />
            );
          }}
        </Loaded>
      </Panel>
      {more.problem && <ProblemNote problem={more.problem} />}
      {(live.value?.length ?? 0) >= KEPT && cursor !== null && (
        <div className="row row-centre"><Button isBusy={more.isBusy} onClick={() => void more.run()}>Show older ones</Button></div>
      )}
    </Page>
  );
}
