import { memo } from "react";
import { classes } from "../parts/classes";
import { spansOf } from "./ansi";
import { inColumns, jsonLine } from "./jsonLine";
import type { Line } from "./line";
import { colourOf } from "./serviceColour";
import { timeText, type TimeForm } from "./timeText";
import { LOOKED_AT } from "./filter";
import { degreeOf } from "./slowPattern";

interface Props {
  line: Line;
  timeForm: TimeForm;
  /** For relative times. */
  now?: number;
  /** What is sought, with the flag g. */
  searched: RegExp | null;
  isChosen: boolean;
  hasService: boolean;
  /** Fields of JSON lines that are columns. */
  columns?: string[];
  onChoose?: () => void;
  /** Loads what a gap leaves out. */
  onLoad?: () => void;
  onFold?: () => void;
}

/** One line; everything in it is text. */
export const LogRow = memo(function LogRow({ line, timeForm, now, searched, isChosen, hasService, columns = [], onChoose, onLoad, onFold }: Props) {
  if (line.isMark) {
    return (
      <div className="log-row log-mark">
        {line.text}
        {line.gap && onLoad && <>: <button type="button" className="log-act" onClick={onLoad}>load</button></>}
      </div>
    );
  }
  const json = jsonLine(line.text);
  const { cells, rest } = inColumns(json?.fields ?? [], columns);
  return (
    <div className={classes("log-row", `log-${line.level}`, isChosen && "log-chosen")} onClick={onChoose}>
      {timeForm !== "off" && <span className="log-time">{timeText(line.time, timeForm, now)} </span>}
      {hasService && <b className={`log-service ${colourOf(line.service)}`}>{line.service} </b>}
      {line.level !== "none" && <span className="log-level">{line.level} </span>}
      {json ? (
        <>
          {cells.map(([name, value]) => <span key={name} className="log-field log-column" title={value}>{name}=<span>{marked(value, searched)}</span></span>)}
          {marked(json.message, searched)}
          {rest.map(([name, value]) => <span key={name} className="log-field"> {name}=<span>{marked(value, searched)}</span></span>)}
        </>
      ) : (
        spansOf(line.text).map((span, index) => <span key={index} className={span.className || undefined}>{marked(span.text, searched)}</span>)
      )}
      {line.fold && (
        <button
          type="button" className="log-act"
          onClick={(event) => {
            event.stopPropagation();
            onFold?.();
          }}
        >
          {line.fold.isOpen ? `hide ${line.fold.more} lines` : `${line.fold.more} more lines`}
        </button>
      )}
    </div>
  );
}, (one, other) => isSame(one.line, other.line) && one.timeForm === other.timeForm && one.now === other.now && one.searched === other.searched
  && one.isChosen === other.isChosen && one.hasService === other.hasService && one.columns === other.columns);

/** Each answer of the worker is a copy. */
function isSame(one: Line, other: Line): boolean {
  return one === other || (one.n === other.n && one.text === other.text && one.fold?.more === other.fold?.more && one.fold?.isOpen === other.fold?.isOpen && one.gap?.to === other.gap?.to);
}

/** Hits of an expression that may be slow are marked so far: this runs where the page is drawn. */
const MARKED_SLOWLY = 200;

/** A text with its hits marked. */
function marked(whole: string, searched: RegExp | null): (string | JSX.Element)[] | string {
  if (!searched) return whole;
  const text = whole.slice(0, degreeOf(searched.source) < 3 ? LOOKED_AT : MARKED_SLOWLY);
  const pieces: (string | JSX.Element)[] = [];
  let at = 0;
  for (const found of text.matchAll(searched)) {
    if (!found[0]) break;
    pieces.push(text.slice(at, found.index), <mark key={found.index}>{found[0]}</mark>);
    at = (found.index ?? 0) + found[0].length;
  }
  pieces.push(whole.slice(at));
  return pieces;
}
