import { memo } from "react";
import { classes } from "../parts/classes";
import { spansOf } from "./ansi";
import { jsonLine } from "./jsonLine";
import type { Line } from "./line";
import { colourOf } from "./serviceColour";
import { timeText, type TimeForm } from "./timeText";

interface Props {
  line: Line;
  timeForm: TimeForm;
  /** What is sought, with the flag g. */
  searched: RegExp | null;
  isChosen: boolean;
  hasService: boolean;
  onChoose?: () => void;
}

/** One line; everything in it is text. */
export const LogRow = memo(function LogRow({ line, timeForm, searched, isChosen, hasService, onChoose }: Props) {
  if (line.isMark) return <div className="log-row log-mark">{line.text}</div>;
  const json = jsonLine(line.text);
  return (
    <div className={classes("log-row", `log-${line.level}`, isChosen && "log-chosen")} onClick={onChoose}>
      {timeForm !== "off" && <span className="log-time">{timeText(line.time, timeForm)} </span>}
      {hasService && <b className={`log-service ${colourOf(line.service)}`}>{line.service} </b>}
      {line.level !== "none" && <span className="log-level">{line.level} </span>}
      {json ? (
        <>
          {marked(json.message, searched)}
          {json.fields.map(([name, value]) => <span key={name} className="log-field"> {name}=<span>{marked(value, searched)}</span></span>)}
        </>
      ) : (
        spansOf(line.text).map((span, index) => <span key={index} className={span.className || undefined}>{marked(span.text, searched)}</span>)
      )}
    </div>
  );
}, (one, other) =>
  one.line === other.line || (one.line.n === other.line.n && one.line.text === other.line.text)
    ? one.timeForm === other.timeForm && one.searched === other.searched && one.isChosen === other.isChosen && one.hasService === other.hasService
    : false);

/** A text with its hits marked. */
function marked(text: string, searched: RegExp | null): (string | JSX.Element)[] | string {
  if (!searched) return text;
  const pieces: (string | JSX.Element)[] = [];
  let at = 0;
  for (const found of text.matchAll(searched)) {
    if (!found[0]) break;
    pieces.push(text.slice(at, found.index), <mark key={found.index}>{found[0]}</mark>);
    at = (found.index ?? 0) + found[0].length;
  }
  pieces.push(text.slice(at));
  return pieces;
}
