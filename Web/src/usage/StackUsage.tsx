import { useEffect, useReducer, useRef, useState } from "react";
import type { Stack } from "../api/schema";
import { bytesText } from "../parts/format";
import { Sparkline } from "./Sparkline";
import { usageOf, watchUsage } from "./watchUsage";

const MEMORY_LEAST = 16 << 20;

/** What a stack uses now, and the minutes before; measured while it can be seen. */
export function StackUsage({ stack, of }: { stack: Stack; of: "cpu" | "memory" }) {
  const place = useRef<HTMLSpanElement>(null);
  const [isSeen, setSeen] = useState(false);
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const isMeasured = stack.running > 0 && stack.reachable;
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver(([entry]) => setSeen(Boolean(entry?.isIntersecting)));
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isMeasured]);
  useEffect(() => {
    return isMeasured && isSeen ? watchUsage(stack.id, stack.running, drawAgain) : undefined;
  }, [isMeasured, isSeen, stack.id, stack.running]);
  if (!isMeasured) return null;
  const series = usageOf(stack.id);
  const last = series?.last;
  const points = series?.points().map((usage) => ({ at: usage.at, value: usage[of] })) ?? [];
  return (
    <span className="usage" ref={place}>
      <Sparkline points={points} least={of === "cpu" ? 5 : MEMORY_LEAST} />
      <span className="usage-now">{!last ? "–" : of === "cpu" ? `${last.cpu.toFixed(1)} %` : bytesText(last.memory)}</span>
    </span>
  );
}
