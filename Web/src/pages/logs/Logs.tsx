import { useState } from "react";
import { setQuery, useQuery } from "../../app/router";
import { Button } from "../../parts/Button";
import { Page } from "../../parts/Page";
import { MOST_PANES, paneCount, suffixOf, withoutPane } from "./panes";
import { Pane, type Cursor } from "./Pane";
import { sourcesIn } from "./sources";

/** Logs of anything together, in up to four panes with one moment; the address is the view. */
export default function Logs() {
  const query = useQuery();
  const panes = paneCount(query);
  const [cursor, setCursor] = useState<Cursor | null>(null);
  return (
    <Page title="Logs" isWide actions={panes < MOST_PANES && <Button icon="plus" onClick={() => setQuery({ panes: String(panes + 1) })}>Split</Button>}>
      <div className={panes > 1 ? "log-panes" : "stack"}>
        {Array.from({ length: panes }, (_, pane) => (
          <Pane
            // One that closes leaves its place to the next, whose sources are others.
            key={`${panes} ${pane}`} pane={pane} panes={panes} sources={sourcesIn(query, suffixOf(pane))} cursor={cursor} onCursor={setCursor}
            onClose={() => setQuery(withoutPane(query, pane))}
          />
        ))}
      </div>
    </Page>
  );
}
