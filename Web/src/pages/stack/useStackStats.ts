import { useEffect, useRef, useState } from "react";
import type { Told } from "../../stream/messages";
import { useSubscription } from "../../stream/stream";

export interface Usage {
  cpu: number;
  memory: number;
  memoryLimit: number;
}

/** What each container of a stack uses just now, by its id; drawn at most once a second. */
export function useStackStats(stack: string | null): ReadonlyMap<string, Usage> {
  const [usage, setUsage] = useState<ReadonlyMap<string, Usage>>(new Map());
  const newest = useRef(new Map<string, Usage>());
  const isDirty = useRef(false);
  const [name, server] = stack?.split("@") ?? [];
  useSubscription(stack ? { kind: "stats", targets: [server ? { stack: name, server } : { stack: name }], history: false } : null, (told: Told) => {
    const sample = told.sample as { cpu_percent: number; memory_bytes: number; memory_limit_bytes: number } | undefined;
    const id = String(told.container ?? "");
    if (sample) newest.current.set(id, { cpu: sample.cpu_percent, memory: sample.memory_bytes, memoryLimit: sample.memory_limit_bytes });
    else if ("source_ended" in told) newest.current.delete(id);
    else return;
    isDirty.current = true;
  });
  useEffect(() => {
    newest.current = new Map();
    setUsage(new Map());
    if (!stack) return;
    const timer = setInterval(() => {
      if (!isDirty.current || document.hidden) return;
      isDirty.current = false;
      setUsage(new Map(newest.current));
    }, 1000);
    return () => clearInterval(timer);
  }, [stack]);
  return usage;
}
