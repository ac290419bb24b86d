import { lazy, Suspense, useMemo, useState } from "react";
import { setQuery } from "../../app/router";
import { KEPT_LINES } from "../../logs/limits";
import { Button } from "../../parts/Button";
import { Empty } from "../../parts/Empty";
import { Panel } from "../../parts/Panel";
import { Skeleton } from "../../parts/Skeleton";
import { count } from "../../parts/format";
import { SourceChoice } from "./SourceChoice";
import { targetOf } from "./sources";
import { suffixOf } from "./panes";

const LogView = lazy(async () => ({ default: (await import("../../logs/LogView")).LogView }));
const NAMED = 3;

export interface Cursor {
  time: string;
  by: string;
}

interface Props {
  pane: number;
  panes: number;
  sources: string[];
  cursor: Cursor | null;
  onCursor: (cursor: Cursor) => void;
  onClose: () => void;
}

/** One log of chosen sources; beside others it looks at the same moment as they do. */
export function Pane({ pane, panes, sources, cursor, onCursor, onClose }: Props) {
  const suffix = suffixOf(pane);
  const [isChoosing, setChoosing] = useState(sources.length === 0);
  const key = sources.join(",");
  const targets = useMemo(() => key.split(",").filter(Boolean).map(targetOf), [key]);
  const name = sources.length > NAMED ? `${sources.slice(0, NAMED).join(", ")} and ${sources.length - NAMED} more` : sources.join(", ");
  return (
    <Panel
      title={name || (panes > 1 ? `Log ${pane + 1}` : "Log")}
      actions={
        <>
          <Button icon="filter" aria-expanded={isChoosing} onClick={() => setChoosing(!isChoosing)}>{sources.length === 0 ? "Choose sources" : count(sources.length, "source")}</Button>
          {panes > 1 && <Button kind="quiet" icon="close" iconOnly onClick={onClose}>{`Close log ${pane + 1}`}</Button>}
        </>
      }
    >
      {isChoosing && <SourceChoice sources={sources} onChoose={(next) => setQuery({ ["source" + suffix]: next.join(",") })} />}
      {targets.length > 0 ? (
        <Suspense fallback={<Skeleton lines={8} />}>
          <LogView
            name={name} targets={targets}
            pane={panes > 1 ? { suffix, keep: Math.floor(KEPT_LINES / panes), cursor, onCursor: (time) => onCursor({ time, by: suffix }) } : undefined}
          />
        </Suspense>
      ) : <Empty title="Nothing is chosen">Choose the servers, stacks, services or containers whose logs you want to see together.</Empty>}
    </Panel>
  );
}
