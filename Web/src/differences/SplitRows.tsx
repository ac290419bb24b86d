import { sideBySideFolded, type FoldedRow } from "../editor/foldedDiff";
import type { DiffRow } from "../editor/lineDiff";
import { FoldButton } from "./FoldButton";
import { LineText } from "./LineText";

interface RowsProps {
  rows: readonly FoldedRow[];
  onOpen: (from: number) => void;
}

/** What was at the left, what is at the right. */
export function SplitRows({ rows, onOpen }: RowsProps) {
  return (
    <>
      {sideBySideFolded(rows).map((row, index) =>
        "kind" in row ? (
          <tr key={`fold ${row.from}`} className="diff-fold"><td colSpan={4}><FoldButton fold={row} onOpen={onOpen} /></td></tr>
        ) : (
          <tr key={index} data-change={row.before?.kind === "same" ? undefined : ""}>
            <Side row={row.before} number={row.before !== null && "before" in row.before ? row.before.before : null} />
            <Side row={row.after} number={row.after !== null && "after" in row.after ? row.after.after : null} />
          </tr>
        ),
      )}
    </>
  );
}

function Side({ row, number }: { row: DiffRow | null; number: number | null }) {
  const kind = row === null ? "diff-nothing" : `diff-${row.kind}`;
  return (
    <>
      <td className={`diff-number ${kind}`}>{number}</td>
      <td className={`diff-text ${kind}`}>{row !== null && <LineText row={row} />}</td>
    </>
  );
}
