import type { FoldedRow } from "../editor/foldedDiff";
import { FoldButton } from "./FoldButton";
import { LineText } from "./LineText";

interface RowsProps {
  rows: readonly FoldedRow[];
  onOpen: (from: number) => void;
}

const signs = { same: " ", added: "+", removed: "−" } as const;

/** Changed lines one below the other. */
export function UnifiedRows({ rows, onOpen }: RowsProps) {
  return (
    <>
      {rows.map((row) =>
        row.kind === "fold" ? (
          <tr key={`fold ${row.from}`} className="diff-fold"><td colSpan={3}><FoldButton fold={row} onOpen={onOpen} /></td></tr>
        ) : (
          <tr key={`${"before" in row ? row.before : ""}:${"after" in row ? row.after : ""}`} className={`diff-${row.kind}`} data-change={row.kind === "same" ? undefined : ""}>
            <td className="diff-number">{"before" in row ? row.before : ""}</td>
            <td className="diff-number">{"after" in row ? row.after : ""}</td>
            <td className="diff-text"><span className="diff-sign">{signs[row.kind]}</span><LineText row={row} /></td>
          </tr>
        ),
      )}
    </>
  );
}
