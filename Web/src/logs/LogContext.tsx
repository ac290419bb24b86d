import { useEffect, useState } from "react";
import { call } from "../api/client";
import { asProblem } from "../api/problem";
import type { LogPage, Problem } from "../api/schema";
import { CopyButton } from "../parts/CopyButton";
import { Dialog } from "../parts/Dialog";
import { Empty } from "../parts/Empty";
import { ProblemNote } from "../parts/ProblemNote";
import { Skeleton } from "../parts/Skeleton";
import { lineOf } from "./line";
import { LogRow } from "./LogRow";
import type { TimeForm } from "./timeText";

const LINES = 200;

interface Props {
  /** RFC 3339. */
  at: string;
  /** As the call takes them. */
  targets: object;
  timeForm: TimeForm;
  onClose: () => void;
}

/** What was written around a moment, without any filter; the address leads to it. */
export function LogContext({ at, targets, timeForm, onClose }: Props) {
  const [page, setPage] = useState<LogPage>();
  const [problem, setProblem] = useState<Problem>();
  const key = JSON.stringify(targets);
  useEffect(() => {
    const end = new AbortController();
    setPage(undefined);
    setProblem(undefined);
    call("GET /logs", { query: { ...(JSON.parse(key) as object), around: at, limit: LINES } }, { signal: end.signal }).then(setPage, (error: unknown) => {
      if (!end.signal.aborted) setProblem(asProblem(error));
    });
    return () => end.abort();
  }, [at, key]);
  const hasServices = new Set(page?.lines.map((line) => line.service)).size > 1;
  return (
    <Dialog title={`Around ${at}`} onClose={onClose} isWide footer={<CopyButton text={location.href} name="Copy a link to this moment" />}>
      {problem && <ProblemNote problem={problem} />}
      {!page && !problem && <Skeleton lines={8} waitingFor="the log" />}
      {page?.lines.length === 0 && <Empty title="Nothing was written around this moment" />}
      {page && page.lines.length > 0 && (
        <div className="log-box log-around" role="group" aria-label="Lines around the moment" tabIndex={0}>
          {page.lines.map((record, n) => (
            <div key={n} ref={record.time === at ? centre : undefined}>
              <LogRow line={{ ...lineOf(record), n }} timeForm={timeForm} searched={null} isChosen={record.time === at} hasService={hasServices} />
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
