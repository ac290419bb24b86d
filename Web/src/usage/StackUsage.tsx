import type { Stack } from "../api/schema";
import { bytesText } from "../parts/format";
import { Sparkline } from "./Sparkline";
import { useUsageOf } from "./usageOfStacks";

const CPU_LEAST = 5;
const MEMORY_LEAST = 16 << 20;

/** What a stack uses now, and the minutes before. */
export function StackUsage({ stack, of }: { stack: Stack; of: "cpu" | "memory" }) {
  const samples = useUsageOf(stack.id);
  const last = samples[samples.length - 1];
  if (stack.running === 0 || !stack.reachable) return null;
  return (
    <span className="usage">
      <Sparkline points={samples.map((usage) => ({ at: usage.at, value: usage[of] }))} least={of === "cpu" ? CPU_LEAST : MEMORY_LEAST} />
      <span className="usage-now">{!last ? "–" : of === "cpu" ? `${last.cpu.toFixed(1)} %` : bytesText(last.memory)}</span>
    </span>
  );
}
