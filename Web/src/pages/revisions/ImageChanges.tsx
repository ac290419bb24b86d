import { count } from "../../parts/format";
import type { ImageChange } from "./history";

/** Which images a revision changed, short; the whole is its tooltip. */
export function ImageChanges({ changes, isFirst }: { changes: readonly ImageChange[]; isFirst: boolean }) {
  if (isFirst) return <span className="muted">{count(changes.length, "image")}</span>;
  if (changes.length === 0) return <span className="muted">none</span>;
  const [first] = changes;
  const all = changes.map((change) => `${change.service}: ${change.before ?? "nothing"} → ${change.after ?? "nothing"}`).join("\n");
  return <span title={all}>{changes.length === 1 && first !== undefined ? `${first.service}: ${first.after ?? "removed"}` : count(changes.length, "image")}</span>;
}
