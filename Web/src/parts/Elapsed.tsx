import { durationText } from "./format";
import { useNow } from "./useNow";

/** How long something took, or takes: it counts while there is no end. */
export function Elapsed({ from, to }: { from: string | null | undefined; to?: string | null }) {
  const now = useNow(to ? 0 : 1000);
  if (!from) return <span className="muted">–</span>;
  return <span className="numbers">{durationText((to ? Date.parse(to) : now) - Date.parse(from))}</span>;
}
