import type { KeeperState } from "../../editor/draftKeeper";
import { asProblem } from "../../api/problem";

interface Props {
  keeping: KeeperState | undefined;
  hasChanges: boolean;
}

/** Whether what was typed is kept on the server; it is never deployed by that. */
export function DraftState({ keeping, hasChanges }: Props) {
  const words = draftWords(keeping, hasChanges);
  return words === "" ? null : <span className="muted small">{words}</span>;
}

export function draftWords(keeping: KeeperState | undefined, hasChanges: boolean): string {
  if (!hasChanges) return "";
  if (keeping === undefined || keeping.other !== null) return "Draft in this tab";
  if (keeping.isKept) return "Draft kept";
  return keeping.failure === undefined ? "Keeping the draft…" : `Draft in this tab only: ${asProblem(keeping.failure).detail}`;
}
