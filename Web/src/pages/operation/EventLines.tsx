import { useEffect, useRef } from "react";
import { clockText } from "../../parts/format";
import type { StoryLine } from "./story";

/** Lines shown at most; a long build says more than anybody reads. */
const SHOWN = 1000;

/** What an operation told, line by line; it follows while it is at its end. */
export function EventLines({ lines }: { lines: StoryLine[] }) {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length]);
  const shown = lines.slice(-SHOWN);
  return (
    <div
      ref={box} className="event-lines" role="group" aria-label="What it told" tabIndex={0}
      onScroll={(event) => {
        const at = event.currentTarget;
        isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 24;
      }}
    >
      <ol>
        {shown.map((line) => (
          <li key={line.sequence} className={line.tone === "plain" ? undefined : `tone-${line.tone}`}>
            <span className="muted numbers">{clockText(Date.parse(line.at))}</span> {line.service && <b>{line.service} </b>}{line.text}
          </li>
        ))}
      </ol>
    </div>
  );
}
