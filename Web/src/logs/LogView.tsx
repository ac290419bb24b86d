import { lazy, Suspense, useEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent } from "react";
import { preferencesNow } from "../app/preferences";
import { setQuery, useAddress, useQuery } from "../app/router";
import { Button } from "../parts/Button";
import { Empty } from "../parts/Empty";
import { ProblemNote } from "../parts/ProblemNote";
import { Skeleton } from "../parts/Skeleton";
import { count } from "../parts/format";
import { useNow } from "../parts/useNow";
import type { Target } from "../stream/messages";
import { NO_FILTER, partsOn, patternOf } from "./filter";
import type { Line } from "./line";
import { LogDetail } from "./LogDetail";
import { LogRow } from "./LogRow";
import { LogStatus } from "./LogStatus";
import { LogToolbar, type LogDialog } from "./LogToolbar";
import { placeFrom, placeOfLine, placeText } from "./permalink";
import { rowHeight, useLogDisplay, withColumn } from "./useLogDisplay";
import { useGaps } from "./useGaps";
import { useLogFilter } from "./useLogFilter";
import { useLogs } from "./useLogs";
import { useLogScroll } from "./useLogScroll";
import { useOlder } from "./useOlder";
import { useReplacements } from "./useReplacements";
import "./logs.css";

const DisplayDialog = lazy(() => import("./DisplayDialog"));
const DownloadDialog = lazy(() => import("./DownloadDialog"));
const JumpDialog = lazy(() => import("./JumpDialog"));
const LogContext = lazy(() => import("./LogContext"));

/** Lines of each container that are shown at first; of a range there are more. */
const TAIL = 1000;
const RANGE_TAIL = 20_000;
const COMPACT_TAIL = 200;
/** The second key of a chord of the site comes so soon. */
const CHORD_MILLISECONDS = 1500;

export interface LogPane {
  /** Behind the names of its members in the address; empty for the first. */
  suffix: string;
  /** So many lines are kept. */
  keep: number;
  /** The moment that all panes look at. */
  cursor: { time: string; by: string } | null;
  onCursor: (time: string) => void;
}

interface Props {
  targets: Target[];
  /** What is being shown, for screen readers. */
  name: string;
  /** Only its last lines, without the filter: beside something else. */
  isCompact?: boolean;
  /** It is one of several. */
  pane?: LogPane;
}

/** Live logs: they follow while one is at their end, and stand still when one scrolls away from it. */
export function LogView({ targets, name, isCompact, pane }: Props) {
  const suffix = pane?.suffix ?? "";
  const [wanted, setFilter] = useLogFilter(suffix);
  const query = useQuery();
  // What is beside the log has the address for itself.
  const filter = isCompact ? NO_FILTER : wanted;
  const since = (!isCompact && query.get("from")) || undefined;
  const until = (!isCompact && query.get("to")) || undefined;
  const tail = isCompact ? COMPACT_TAIL : since || until ? RANGE_TAIL : TAIL;
  const { shown, send } = useLogs({ targets, tail, since, until, keep: pane?.keep }, filter);
  const [display, setDisplay] = useLogDisplay();
  const now = useNow(display.time === "relative" ? 1000 : 0);
  const row = rowHeight(display);
  const [chosen, setChosen] = useState<Line>();
  /** A line that was gone to, and which hit it is. */
  const [reached, setReached] = useState<{ n: number; hit: number }>();
  const [hasFocus, setFocus] = useState(false);
  const [dialog, setDialog] = useState<LogDialog>();
  const lastKey = useRef({ key: "", at: 0 });
  const older = useOlder({ targets, filter, shown, send, since });
  const scroll = useLogScroll({
    shown, send, row, isWrapped: display.isWrapped,
    onTop: () => {
      if (!isCompact && shown.oldest && !older.isBusy && !older.problem && older.sought?.reason !== "end") void older.run();
    },
  });
  const gaps = useGaps({ targets, shown, send, onJump: older.reset });
  useReplacements(shown, send);
  const address = useAddress();
  const at = placeFrom(query.get("at" + suffix) ?? "");
  const searched = useMemo(() => {
    try {
      const pattern = patternOf(filter.text, filter.isCaseSensitive);
      return pattern && new RegExp(pattern.source, `${pattern.flags}g`);
    } catch {
      return null;
    }
  }, [filter.text, filter.isCaseSensitive]);

  const place = JSON.stringify(targets);
  useEffect(() => setChosen(undefined), [place]);
  useEffect(() => setReached(undefined), [place, filter]);
  useEffect(() => {
    if (shown.revealed) setReached({ n: shown.revealed.line.n, hit: shown.revealed.hit });
  }, [shown]);
  // The moment that somebody looks at in another pane.
  useEffect(() => {
    if (pane?.cursor && pane.cursor.by !== suffix) send({ do: "moment", time: pane.cursor.time });
  }, [pane?.cursor]);

  function choose(line: Line | undefined): void {
    setChosen(line);
    setFocus(false);
    setReached(undefined);
    if (line) pane?.onCursor(line.time);
  }
  /** The line before or behind the chosen one becomes the chosen one. */
  function step(by: 1 | -1): void {
    const from = chosen?.n ?? reached?.n;
    const index = shown.rows.findIndex((line) => line.n === from);
    let next = index >= 0 ? index + by : by > 0 ? scroll.top() - shown.from : shown.rows.length - 1;
    while (shown.rows[next]?.isMark) next += by;
    const line = shown.rows[next];
    if (!line) return;
    choose(line);
    scroll.bringIn(shown.from + next);
  }
  function seek(by: 1 | -1): void {
    scroll.stop();
    send({ do: "seek", from: reached?.n ?? chosen?.n ?? null, step: by });
  }
  /** Shows a line among those around it, without the filter. */
  function reveal(line: Line): void {
    scroll.stop();
    setFilter(NO_FILTER);
    // Behind the new filter, which the effect of this render sends.
    setTimeout(() => send({ do: "reveal", n: line.n }), 0);
  }
  function key(event: KeyboardEvent): void {
    const before = lastKey.current;
    lastKey.current = { key: event.key, at: event.timeStamp };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isChord = before.key === "g" && event.timeStamp - before.at < CHORD_MILLISECONDS;
    if (event.key === "End") scroll.follow();
    else if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && chosen && event.target === event.currentTarget) setFocus(true);
    else if (event.key === "Escape" && chosen) choose(undefined);
    else if ((event.key === "n" || event.key === "N") && searched && !isChord && preferencesNow().keys) seek(event.key === "n" ? 1 : -1);
    else return;
    event.preventDefault();
  }

  const columnsOf = (line: Line) => display.columns[line.service];
  const parts = partsOn(filter);
  return (
    <div className="log-view" style={{ "--log-row": `${row}px`, "--log-size": `${display.size}px` } as CSSProperties}>
      {!isCompact && <LogToolbar filter={filter} onFilter={setFilter} shown={shown} onOpen={setDialog} isBeside={suffix !== ""} />}
      {shown.problem && <ProblemNote problem={shown.problem} />}
      {older.problem && <ProblemNote problem={older.problem} title="Older lines could not be loaded" />}
      {gaps.jump.problem && <ProblemNote problem={gaps.jump.problem} title="The moment could not be shown" />}
      {gaps.load.problem && <ProblemNote problem={gaps.load.problem} title="The lines between could not be loaded" />}
      {!isCompact && (
        <LogStatus
          shown={shown} sought={older.sought} isSearching={older.isBusy} onOlder={() => void older.run()} onStop={older.stop} hit={reached?.hit ?? 0} isSeeking={searched !== null}
          onSeek={seek} since={since} until={until}
        />
      )}
      <div ref={scroll.box} className={isCompact ? "log-box log-compact" : "log-box"} role="group" aria-label={`Log of ${name}`} tabIndex={0} onScroll={scroll.scrolled} onKeyDown={key}>
        {shown.matches === 0 ? (
          !shown.hasBegun && !shown.problem && targets.length > 0 ? <Skeleton lines={8} waitingFor="the log" /> : (
            <Empty
              title={shown.size > 0 ? `No line matches; ${count(parts, "filter")} on` : since || until ? `${name} has written nothing in this time` : `${name} has written nothing yet`}
              action={shown.size > 0 && parts > 0 && <Button onClick={() => setFilter(NO_FILTER)}>Clear the filter</Button>}
            />
          )
        ) : (
          <div className={display.isWrapped ? "log-space log-wrapped" : "log-space"} style={{ height: shown.matches * row }}>
            <div
              className={display.isWrapped && scroll.isFollowing ? "log-rows log-rows-end" : "log-rows"}
              style={display.isWrapped && scroll.isFollowing ? undefined : { transform: `translateY(${shown.from * row}px)` }}
            >
              {shown.rows.map((line) => (
                <LogRow
                  key={line.n} line={line} timeForm={display.time} now={display.time === "relative" ? now : undefined} searched={searched}
                  isChosen={line.n === chosen?.n || line.n === reached?.n} hasService={shown.services.length > 1} columns={columnsOf(line)}
                  onChoose={() => choose(line.n === chosen?.n ? undefined : line)} onLoad={line.gap && (() => void gaps.load.run(line))}
                  onFold={line.fold && (() => send({ do: "fold", head: line.fold?.head ?? line.n }))}
                />
              ))}
            </div>
          </div>
        )}
      </div>
      {!scroll.isFollowing && (
        <div className="row row-centre">
          <Button icon="down" kind="main" onClick={scroll.follow}>{scroll.arrived > 0 ? `${scroll.arrived.toLocaleString("en")} new: follow` : "Follow"}</Button>
        </div>
      )}
      {chosen && (
        <LogDetail
          line={chosen} of={suffix && name} pinned={columnsOf(chosen) ?? []} onPin={(field) => setDisplay({ columns: withColumn(display.columns, chosen.service, field) })} hasFocus={hasFocus}
          address={addressWith(address, "at" + suffix, placeText(placeOfLine(chosen, shown.rows)))} onReveal={chosen.n >= 0 && shown.matches < shown.size ? () => reveal(chosen) : undefined}
          onAround={() => setQuery({ ["at" + suffix]: placeText(placeOfLine(chosen, shown.rows)) })}
          onClose={() => {
            choose(undefined);
            scroll.box.current?.focus();
          }}
        />
      )}
      {!isCompact && (
        <Suspense fallback={null}>
          {at && <LogContext at={at} targets={targets} onClose={() => setQuery({ ["at" + suffix]: null })} />}
          {dialog === "display" && <DisplayDialog onClose={() => setDialog(undefined)} />}
          {dialog === "download" && <DownloadDialog targets={targets} filter={filter} since={since} until={until} onClose={() => setDialog(undefined)} />}
          {dialog === "time" && (
            <JumpDialog
              since={since} until={until} onJump={(moment) => void gaps.jump.run(moment)} onRange={(from, to) => setQuery({ from, to })} onClose={() => setDialog(undefined)}
            />
          )}
        </Suspense>
      )}
    </div>
  );
}

/** An address of this site with one member of its query changed. */
function addressWith(address: string, name: string, value: string): string {
  const url = new URL(address, location.href);
  url.searchParams.set(name, value);
  return url.href;
}
