import type { Stack } from "../../api/schema";
import { statusKinds } from "../../parts/statusKinds";
import { statusCounts } from "../stacks/stackView";

const WIDTH = 100;
const HEIGHT = 8;

/** From what is well, over what is not, to what is not meant to run. */
const ORDER: Stack["status"][] = ["running", "starting", "partial", "unhealthy", "unknown", "stopped", "down"];

/** How many stacks are in which state, as parts of one bar; the words stand beside it. */
export function StatusBar({ stacks }: { stacks: Stack[] }) {
  let at = 0;
  return (
    <svg className="status-bar" width="100%" height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {[...statusCounts(stacks)].sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other)).map(([status, amount]) => {
        const width = (amount / stacks.length) * WIDTH;
        at += width;
        return <rect key={status} className={`fill-${statusKinds[status]?.tone ?? "muted"}`} x={at - width} y="0" width={Math.max(0, width - 0.6)} height={HEIGHT} />;
      })}
    </svg>
  );
}
