import { useEffect, useState } from "react";
import { asProblem } from "../api/problem";
import type { LogPage, Problem } from "../api/schema";
import { CopyButton } from "../parts/CopyButton";
import { Dialog } from "../parts/Dialog";
import { Empty } from "../parts/Empty";
import { ProblemNote } from "../parts/ProblemNote";
import { Skeleton } from "../parts/Skeleton";
import type { Target } from "../stream/messages";
import { lineOf } from "./line";
import { loadPages } from "./loadLines";
import { LogRow } from "./LogRow";
import { indexAt, type LinePlace } from "./permalink";
import { joinedAround, queriesOf } from "./queries";
import { useLogDisplay } from "./useLogDisplay";

const LINES = 200;

interface Props {
  at: LinePlace;
  targets: Target[];
  onClose: () => void;
}

/** What was written around a moment, without any filter; the address leads to it. */
export default function LogContext({ at, targets, onClose }: Props) {
  const [page, setPage] = useState<LogPage>();
  const [problem, setProblem] = useState<Problem>();
  const [{ time }] = useLogDisplay();
  const key = JSON.stringify(targets);
  useEffect(() => {
    const end = new AbortController();
    setPage(undefined);
    setProblem(undefined);
    loadPages(queriesOf(JSON.parse(key) as Target[]), { around: at.time, limit: LINES }, end.signal).then((pages) => setPage(joinedAround(pages)), (error: unknown) => {
      if (!end.signal.aborted) setProblem(asProblem(error));
    });
    return () => end.abort();
  }, [at.time, key]);
  const hasServices = new Set(page?.lines.map((line) => line.service)).size > 1;
  const chosen = page ? indexAt(page.lines, at) : -1;
  return (
    <Dialog title={`Around ${at.time}`} onClose={onClose} isWide footer={<CopyButton text={location.href} name="Copy a link to this moment" />}>
      {problem && <ProblemNote problem={problem} />}
      {!page && !problem && <Skeleton lines={8} waitingFor="the log" />}
      {page?.lines.length === 0 && <Empty title="Nothing was written around this moment" />}
      {page && page.lines.length > 0 && (
        <div className="log-box log-around" role="group" aria-label="Lines around the moment" tabIndex={0}>
          {page.lines.map((record, n) => (
            <div key={n} ref={n === chosen ? centre : undefined}>
              <LogRow line={{ ...lineOf(record), n }} timeForm={time === "relative" ? "local" : time} searched={null} isChosen={n === chosen} hasService={hasServices} />
            </div>
          ))}
        </div>
      )}
    </Dialog>
  );
}

function centre(row: HTMLElement | null): void {
  row?.scrollIntoView({ block: "center" });
}
