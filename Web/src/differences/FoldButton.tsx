import type { FoldedRow } from "../editor/foldedDiff";

interface FoldButtonProps {
  fold: Extract<FoldedRow, { kind: "fold" }>;
  onOpen: (from: number) => void;
}

/** Stands for unchanged lines, and shows them. */
export function FoldButton({ fold, onOpen }: FoldButtonProps) {
  return (
    <button type="button" className="diff-fold-button" onClick={() => onOpen(fold.from)}>
      Show {fold.rows.length} unchanged lines
    </button>
  );
}
