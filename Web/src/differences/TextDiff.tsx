import { useEffect, useMemo, useRef, useState } from "react";
import { countChanges, foldUnchanged, unfolded } from "../editor/foldedDiff";
import { lineDiff } from "../editor/lineDiff";
import { Chip } from "../parts/Chip";
import { SplitRows } from "./SplitRows";
import { UnifiedRows } from "./UnifiedRows";
import "./differences.css";

interface TextDiffProps {
  title: string;
  before: string;
  after: string;
  beforeName: string;
  afterName: string;
}

/** Two texts line by line, unified or side by side; n and p go to the next and the previous change. */
export default function TextDiff({ title, before, after, beforeName, afterName }: TextDiffProps) {
  const rows = useMemo(() => lineDiff(before, after), [before, after]);
  const [isSplit, setSplit] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const shown = useMemo(() => unfolded(foldUnchanged(rows), opened), [rows, opened]);
  const region = useRef<HTMLDivElement>(null);
  useEffect(() => setOpened(new Set()), [rows]);
  const { added, removed } = countChanges(rows);
  const open = (from: number) => setOpened((now) => new Set(now).add(from));

  return (
    <section className="text-diff">
      <header className="text-diff-head">
        <h3 className="mono">{title}</h3>
        <span className="muted">{added + removed === 0 ? "no difference" : `${added} added, ${removed} removed`}</span>
        <Chip text="Side by side" isOn={isSplit} onChange={setSplit} />
      </header>
      <div
        className="text-diff-scroll" ref={region} role="region" aria-label={`Changes of ${title}`} tabIndex={0}
        onKeyDown={(event) => {
          // At its last change the key is the page's: there may be another file.
          if ((event.key === "n" || event.key === "p") && toChange(region.current, event.key === "p")) event.preventDefault();
        }}
      >
        <table className={isSplit ? "diff-table diff-table-split" : "diff-table"}>
          <thead className="unseen">
            <tr>
              <th scope="col">Line of {beforeName}</th>
              {isSplit && <th scope="col">Text of {beforeName}</th>}
              <th scope="col">Line of {afterName}</th>
              <th scope="col">Text{isSplit && ` of ${afterName}`}</th>
            </tr>
          </thead>
          <tbody>{isSplit ? <SplitRows rows={shown} onOpen={open} /> : <UnifiedRows rows={shown} onOpen={open} />}</tbody>
        </table>
      </div>
    </section>
  );
}

/** Scrolls to the first line of the next block of changes below (or above) what is at the top; false: there is none. */
function toChange(region: HTMLElement | null, backwards: boolean): boolean {
  if (region === null) return false;
  const rows = [...region.querySelectorAll<HTMLElement>("tr[data-change]")].filter((row) => !row.previousElementSibling?.hasAttribute("data-change"));
  const tops = rows.map((row) => row.offsetTop);
  const here = region.scrollTop;
  const target = backwards ? [...tops].reverse().find((top) => top < here - 1) : tops.find((top) => top > here + 1);
  if (target === undefined) return false;
  region.scrollTop = target;
  return region.scrollTop !== here;
}
