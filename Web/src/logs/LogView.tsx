import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { call } from "../api/client";
import type { Target } from "../stream/messages";
import { usePreference } from "../app/preferences";
import { Button } from "../parts/Button";
import { Empty } from "../parts/Empty";
import { ProblemNote } from "../parts/ProblemNote";
import { Skeleton } from "../parts/Skeleton";
import { count } from "../parts/format";
import { useAction } from "../parts/useAction";
import { NO_FILTER, patternOf, queryOf } from "./filter";
import { lineOf } from "./line";
import type { Line } from "./line";
import { LogDetail } from "./LogDetail";
import { LogRow } from "./LogRow";
import { LogToolbar } from "./LogToolbar";
import { SpokenCount } from "./SpokenCount";
import { useLogFilter } from "./useLogFilter";
import { TAIL, useLogs } from "./useLogs";
import type { TimeForm } from "./timeText";
import "./logs.css";

/** Rows have one height: where a row is follows from its number. */
const ROW = 20;
/** Rows beside those that are seen. */
const MARGIN = 20;
const OLDER = 1000;
const COMPACT_TAIL = 200;

interface Props {
  targets: Target[];
  /** What is being shown, for screen readers and downloads. */
  name: string;
  /** Only its last lines, without the filter: beside something else. */
  isCompact?: boolean;
}

/** Live logs: they follow while one is at their end, and stand still when one scrolls away from it. */
export function LogView({ targets, name, isCompact }: Props) {
  const [wanted, setFilter] = useLogFilter();
  // What is beside the log has the address for itself.
  const filter = isCompact ? NO_FILTER : wanted;
  const { shown, send } = useLogs(targets, filter, isCompact ? COMPACT_TAIL : TAIL);
  const [isFollowing, setFollowing] = useState(true);
  const [chosen, setChosen] = useState<Line>();
  const [leftAt, setLeftAt] = useState(0);
  const [timeForm, setTimeForm] = usePreference<TimeForm>("logTime", "local");
  const [hasAll, setHasAll] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  /** Where it was scrolled to last: only who goes up from there stops it. */
  const lastTop = useRef(0);
  const seenDropped = useRef(0);
  const searched = useMemo(() => {
    try {
      const pattern = patternOf(filter.text, filter.isCaseSensitive);
      return pattern && new RegExp(pattern.source, `${pattern.flags}g`);
    } catch {
      return null;
    }
  }, [filter.text, filter.isCaseSensitive]);

  function look(following: boolean): void {
    const element = box.current;
    if (!element) return;
    const seen = Math.ceil(element.clientHeight / ROW);
    send({ do: "view", from: Math.max(0, Math.floor(element.scrollTop / ROW) - MARGIN), count: seen + 2 * MARGIN, isFollowing: following });
  }
  function scrolled(): void {
    const element = box.current;
    if (!element) return;
    // Lines that came since the scroll was made are no wish to stop.
    const isStill = isFollowing && element.scrollTop >= lastTop.current - 1;
    const isAtEnd = isStill || element.scrollHeight - element.scrollTop - element.clientHeight < ROW * 1.5;
    lastTop.current = element.scrollTop;
    if (isAtEnd !== isFollowing) {
      setFollowing(isAtEnd);
      setLeftAt(shown.matches);
    }
    look(isAtEnd);
  }
  // Following, the end stays in sight whatever comes; else what is looked at does, also when rows go at the top.
  useLayoutEffect(() => {
    const gone = shown.droppedShown - seenDropped.current;
    seenDropped.current = shown.droppedShown;
    if (!box.current) return;
    if (!isFollowing) {
      if (gone > 0) {
        box.current.scrollTop -= gone * ROW;
        setLeftAt((at) => at - gone);
      }
      return;
    }
    box.current.scrollTop = box.current.scrollHeight;
    lastTop.current = box.current.scrollTop;
  }, [shown, isFollowing]);
  useLayoutEffect(() => {
    const element = box.current;
    if (shown.revealed === null || !element) return;
    setFollowing(false);
    setLeftAt(shown.matches);
    element.scrollTop = shown.revealed * ROW - element.clientHeight / 2;
    lastTop.current = element.scrollTop;
  }, [shown]);
  /** Shows a line among those around it, without the filter. */
  function reveal(line: Line): void {
    setFollowing(false);
    setFilter(NO_FILTER);
    // Behind the new filter, which the effect of this render sends.
    setTimeout(() => send({ do: "reveal", n: line.n }), 0);
  }
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    look(isFollowing);
    const watch = new ResizeObserver(() => look(isFollowing));
    watch.observe(element);
    return () => watch.disconnect();
  }, [isFollowing]);
  function follow(): void {
    setFollowing(true);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }

  const older = useAction(async () => {
    const page = await call("GET /logs", { query: { ...targetQuery(targets), ...queryOf(filter), before: shown.oldest ?? undefined, limit: OLDER } as object });
    setFollowing(false);
    send({ do: "older", lines: page.lines.map(lineOf) });
    const height = page.lines.length * ROW;
    requestAnimationFrame(() => requestAnimationFrame(() => box.current && (box.current.scrollTop += height)));
    if (page.reason === "end") setHasAll(true);
  });
  const arrived = isFollowing ? 0 : Math.max(0, shown.matches - leftAt);
  return (
    <div className="log-view">
      {!isCompact && <LogToolbar
        filter={filter} onFilter={setFilter} shown={shown} timeForm={timeForm} onTimeForm={setTimeForm} downloadQuery={{ ...targetQuery(targets), ...queryOf(filter) }}
      />}
      {shown.problem && <ProblemNote problem={shown.problem} />}
      {older.problem && <ProblemNote problem={older.problem} title="Older lines could not be loaded" />}
      {!isCompact && <div className="row small muted">
        <Button kind="quiet" icon="up" isBusy={older.isBusy} refusal={hasAll ? "nothing is older" : shown.oldest ? null : "nothing is there yet"} onClick={() => void older.run()}>Older</Button>
        <span className="numbers log-count">
          {shown.matches === shown.size ? count(shown.size, "line") : `${shown.matches.toLocaleString("en")} of ${count(shown.size, "line")}`}
          {shown.dropped > 0 && `, ${count(shown.dropped, "older one")} dropped`}
        </span>
        <SpokenCount size={shown.size} />
      </div>}
      <div
        ref={box} className={isCompact ? "log-box log-compact" : "log-box"} role="group" aria-label={`Log of ${name}`} tabIndex={0} onScroll={scrolled}
        onKeyDown={(event) => {
          if (event.key === "End") {
            event.preventDefault();
            follow();
          }
        }}
      >
        {shown.matches === 0 ? (
          !shown.hasBegun && !shown.problem && targets.length > 0 ? <Skeleton lines={8} waitingFor="the log" /> : <Empty title={shown.size > 0 ? "No line fits the filter" : `${name} has written nothing yet`} />
        ) : (
          <div className="log-space" style={{ height: shown.matches * ROW }}>
            <div className="log-rows" style={{ transform: `translateY(${shown.from * ROW}px)` }}>
              {shown.rows.map((line) => (
                <LogRow
                  key={line.n} line={line} timeForm={timeForm} searched={searched} isChosen={line.n === chosen?.n} hasService={shown.services.length > 1}
                  onChoose={() => setChosen(line.n === chosen?.n ? undefined : line)}
                />
              ))}
            </div>
          </div>
        )}
      </div>
      {!isFollowing && (
        <div className="row row-centre"><Button icon="down" kind="main" onClick={follow}>{arrived > 0 ? `${arrived.toLocaleString("en")} new: follow` : "Follow"}</Button></div>
      )}
      {chosen && <LogDetail line={chosen} onReveal={shown.matches < shown.size ? () => reveal(chosen) : undefined} onClose={() => setChosen(undefined)} />}
    </div>
  );
}

/** Targets as the calls over HTTP take them. */
function targetQuery(targets: Target[]): Record<string, string[]> {
  const stacks = targets.filter((target) => target.stack).map((target) => [target.stack, target.server].filter(Boolean).join("@"));
  const servers = targets.flatMap((target) => (target.stack ? [] : target.server ?? []));
  return {
    server: [...new Set(servers)].slice(0, 1), stack: [...new Set(stacks)], service: targets.flatMap((target) => target.service ?? []), container: targets.flatMap((target) => target.container ?? []),
  };
}
