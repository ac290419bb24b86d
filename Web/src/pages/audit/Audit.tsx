import { useEffect, useState } from "react";
import { call } from "../../api/client";
import type { Answer } from "../../api/client";
import { asProblem, isAbort } from "../../api/problem";
import type { AuditEntry, Problem } from "../../api/schema";
import { setQuery, useQuery } from "../../app/router";
import type { PageProps } from "../../app/routes";
import { Badge } from "../../parts/Badge";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { Page } from "../../parts/Page";
import { Panel } from "../../parts/Panel";
import { ProblemNote } from "../../parts/ProblemNote";
import { Skeleton } from "../../parts/Skeleton";
import { Table } from "../../parts/Table";
import { Time } from "../../parts/Time";
import { AuditDetail } from "./AuditDetail";
import { AuditExport } from "./AuditExport";
import { AuditFilters } from "./AuditFilters";
import { ChainState } from "./ChainState";
import { filterOf } from "./filter";

const pageSize = 100;

/** Who did what, filtered by the address of the page. */
export default function Audit(_: PageProps) {
  const query = useQuery();
  const filter = filterOf(query);
  const key = JSON.stringify(filter);
  const [entries, setEntries] = useState<AuditEntry[]>();
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem>();
  const [round, setRound] = useState(0);
  const [shown, setShown] = useState<AuditEntry>();
  const load = (cursor: string | undefined, signal?: AbortSignal): Promise<Answer<"GET /audit">> => call("GET /audit", { query: { ...filter, limit: pageSize, cursor } }, { signal });

  useEffect(() => {
    const running = new AbortController();
    setEntries(undefined);
    setProblem(undefined);
    load(undefined, running.signal).then(
      (page) => {
        setEntries(page.items);
        setNext(page.next);
      },
      (error) => !isAbort(error) && setProblem(asProblem(error)),
    );
    return () => running.abort();
  }, [key, round]);
  const more = () =>
    load(next ?? undefined).then(
      (page) => {
        setEntries((old) => [...(old ?? []), ...page.items]);
        setNext(page.next);
      },
      (error) => setProblem(asProblem(error)),
    );

  return (
    <Page title="Audit" actions={<AuditExport filter={filter} />}>
      <div className="stack">
        <ChainState />
        <AuditFilters filter={filter} onChange={setQuery} />
        {problem && <ProblemNote problem={problem} retry={() => setRound(round + 1)} />}
        <Panel title="Entries" isFlush actions={<Button icon="restart" onClick={() => setRound(round + 1)}>Load again</Button>}>
          {entries === undefined && !problem && <Skeleton lines={8} />}
          {entries?.length === 0 && <Empty title={Object.keys(filter).length > 0 ? "No entry fits the filters" : "Nothing was written down yet"} />}
          {entries !== undefined && entries.length > 0 && (
            <Table
              caption="Audit entries, newest first" rows={entries} rowKey={(entry) => String(entry.sequence)} onOpen={setShown}
              columns={[
                { key: "at", title: "Time", cell: (entry) => <Time at={entry.at} exact /> },
                { key: "actor", title: "Who", isShort: true, cell: (entry) => entry.actor },
                { key: "way", title: "Way", isShort: true, cell: (entry) => entry.way },
                { key: "action", title: "Action", isName: true, cell: (entry) => <span className="mono">{entry.action}</span> },
                { key: "target", title: "Target", cell: (entry) => entry.target },
                { key: "outcome", title: "Outcome", isShort: true, cell: (entry) => <Badge tone={entry.outcome === "ok" ? "ok" : entry.outcome === "denied" ? "warn" : "danger"}>{entry.outcome}</Badge> },
                { key: "address", title: "From", cell: (entry) => <span className="mono">{entry.address ?? "–"}</span> },
                { key: "more", title: "More", isTitleHidden: true, cell: (entry) => <Button kind="quiet" icon="right" iconOnly onClick={() => setShown(entry)}>{`Entry ${entry.sequence}`}</Button> },
              ]}
            />
          )}
        </Panel>
        {next !== null && <p className="row row-centre"><Button onClick={() => void more()}>Load older entries</Button></p>}
      </div>
      {shown && <AuditDetail entry={shown} onClose={() => setShown(undefined)} />}
    </Page>
  );
}
