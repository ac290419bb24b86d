import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { call } from "../api/client";
import type { LogPage } from "../api/schema";
import type { Target } from "../stream/messages";
import { usePreference } from "../app/preferences";
import { setQuery, useQuery } from "../app/router";
import { Button } from "../parts/Button";
import { Empty } from "../parts/Empty";
import { ProblemNote } from "../parts/ProblemNote";
import { Skeleton } from "../parts/Skeleton";
import { count, exactText } from "../parts/format";
import { useAction } from "../parts/useAction";
import { NO_FILTER, patternOf, queryOf } from "./filter";
import { lineOf } from "./line";
import type { Line } from "./line";
import { LogContext } from "./LogContext";
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
  const [isWrapped, setWrapped] = usePreference<boolean>("logWrap", false);
  /** How far the server has searched for older lines; null: not yet. */
  const [sought, setSought] = useState<Sought | null>(null);
  const at = useQuery().get("at");
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

  const place = JSON.stringify(targets);
  const wish = JSON.stringify(filter);
  useEffect(() => setSought(null), [wish, place]);
  useEffect(() => setChosen(undefined), [place]);

  function look(following: boolean): void {
    const element = box.current;
    if (!element) return;
    const seen = Math.ceil(element.clientHeight / ROW);
    send({ do: "view", from: Math.max(0, Math.floor(element.scrollTop / ROW) - (isWrapped ? 0 : MARGIN)), count: seen + 2 * MARGIN, isFollowing: following });
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
    const isAtTop = element.scrollTop < ROW && !isAtEnd && !isCompact;
    if (isAtTop && shown.oldest && !older.isBusy && !older.problem && sought?.reason !== "end") void older.run();
  }
  // Following, the end stays in sight whatever comes; else what is looked at does, also when rows go at the top.
  useLayoutEffect(() => {
    const gone = shown.droppedShown - seenDropped.current;
    seenDropped.current = shown.droppedShown;
    if (!box.current) return;
    if (!isFollowing) {
      if (gone !== 0) {
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
  }, [isFollowing, isWrapped]);
  function follow(): void {
    setFollowing(true);
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }

  const older = useAction(async () => {
    const page = await call("GET /logs", { query: { ...targetQuery(targets), ...queryOf(filter), before: sought?.to ?? shown.oldest ?? undefined, limit: OLDER } as object });
    setFollowing(false);
    if (isFollowing) setLeftAt(shown.matches);
    send({ do: "older", lines: page.lines.map(lineOf), isSought: wish !== JSON.stringify(NO_FILTER) });
    setSought((before) => ({ to: page.searched_to ?? page.lines[0]?.time ?? null, reason: page.reason, found: (before?.found ?? 0) + page.lines.length }));
  });
  /** The line before or behind the chosen one becomes the chosen one. */
  function choose(step: number): void {
    const element = box.current;
    if (!element) return;
    const index = shown.rows.findIndex((line) => line.n === chosen?.n);
    const top = Math.floor(element.scrollTop / ROW) - shown.from;
    let next = index >= 0 ? index + step : step > 0 ? top : shown.rows.length - 1;
    while (shown.rows[next]?.isMark) next += step;
    const line = shown.rows[next];
    if (!line) return;
    setChosen(line);
    const above = (shown.from + next) * ROW;
    if (isWrapped) return;
    if (above < element.scrollTop) element.scrollTop = above;
    else if (above + ROW > element.scrollTop + element.clientHeight) element.scrollTop = above + ROW - element.clientHeight;
  }
  const arrived = isFollowing ? 0 : Math.max(0, shown.matches - leftAt);
  return (
    <div className="log-view">
      {!isCompact && <LogToolbar
        filter={filter} onFilter={setFilter} shown={shown} timeForm={timeForm} onTimeForm={setTimeForm} isWrapped={isWrapped} onWrap={setWrapped} downloadQuery={{ ...targetQuery(targets), ...queryOf(filter) }}
      />}
      {shown.problem && <ProblemNote problem={shown.problem} />}
      {older.problem && <ProblemNote problem={older.problem} title="Older lines could not be loaded" />}
      {!isCompact && <div className="row small muted">
        <Button kind="quiet" icon="up" isBusy={older.isBusy} refusal={sought?.reason === "end" ? "nothing is older" : shown.oldest ? null : "nothing is there yet"} onClick={() => void older.run()}>Older</Button>
        <span className="numbers log-count">
          {shown.matches === shown.size ? count(shown.size, "line") : `${shown.matches.toLocaleString("en")} of ${count(shown.size, "line")}`}
          {shown.dropped > 0 && `, ${count(shown.dropped, "older one")} dropped`}
        </span>
        {sought && <span role="status">{soughtText(sought)}</span>}
        <SpokenCount size={shown.size} />
      </div>}
      <div
        ref={box} className={isCompact ? "log-box log-compact" : "log-box"} role="group" aria-label={`Log of ${name}`} tabIndex={0} onScroll={scrolled}
        onKeyDown={(event) => {
          if (event.key === "End") {
            event.preventDefault();
            follow();
          } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            choose(event.key === "ArrowDown" ? 1 : -1);
          } else if (event.key === "Escape") setChosen(undefined);
        }}
      >
        {shown.matches === 0 ? (
          !shown.hasBegun && !shown.problem && targets.length > 0 ? <Skeleton lines={8} waitingFor="the log" /> : <Empty
            title={shown.size > 0 ? "No line fits the filter" : `${name} has written nothing yet`}
            action={shown.size > 0 && !isCompact && <Button onClick={() => setFilter(NO_FILTER)}>Clear the filter</Button>}
          />
        ) : (
          <div className={isWrapped ? "log-space log-wrapped" : "log-space"} style={{ height: shown.matches * ROW }}>
            <div
              className={isWrapped && isFollowing ? "log-rows log-rows-end" : "log-rows"}
              style={isWrapped && isFollowing ? undefined : { transform: `translateY(${shown.from * ROW}px)` }}
            >
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
      {chosen && <LogDetail line={chosen} onReveal={chosen.n >= 0 && shown.matches < shown.size ? () => reveal(chosen) : undefined} onAround={() => setQuery({ at: chosen.time })} onClose={() => setChosen(undefined)} />}
      {at && !isCompact && <LogContext at={at} targets={targetQuery(targets)} timeForm={timeForm} onClose={() => setQuery({ at: null })} />}
    </div>
  );
}

/** What was loaded from before the first line. */
interface Sought {
  to: string | null;
  reason: LogPage["reason"];
  found: number;
}

/** How far it was searched, and why not further. */
function soughtText({ to, reason, found }: Sought): string {
  const lines = count(found, "older line");
  if (reason === "end") return `${lines}, searched all`;
  const back = to ? `, searched back to ${exactText(Date.parse(to))}` : "";
  return reason === "deadline" ? `${lines}${back}: time was up, go on with Older` : `${lines}${back}`;
}

/** Targets as the calls over HTTP take them. */
function targetQuery(targets: Target[]): Record<string, string[]> {
  const stacks = targets.filter((target) => target.stack).map((target) => [target.stack, target.server].filter(Boolean).join("@"));
  const servers = targets.flatMap((target) => (target.stack ? [] : target.server ?? []));
  return {
    server: [...new Set(servers)].slice(0, 1), stack: [...new Set(stacks)], service: targets.flatMap((target) => target.service ?? []), container: targets.flatMap((target) => target.container ?? []),
  };
}
