import type { Told } from "../stream/messages";
import type { Usage } from "./UsageSeries";

interface Record {
  at: string;
  cpu_percent: number;
  memory_bytes: number;
}

interface StackRecord {
  stack: string;
  server: string;
  samples: Record[];
}

/** By the stack's id, NAME@SERVER. */
export type UsageOfStacks = ReadonlyMap<string, Usage[]>;

/** A quarter of an hour of samples, 15 s apart. */
const KEPT = 60;

/** The samples in a message of a `stats` subscription, the oldest first. */
export function samplesOf(told: Told): { container: string; samples: Usage[] } {
  const records = (told.history ?? (told.sample ? [told.sample] : [])) as Record[];
  return { container: String(told.container ?? ""), samples: records.map(usageOf) };
}

/** What is known with a message of a `usage` subscription: its history takes the place of what was there, a sample comes after it. */
export function changeUsage(known: UsageOfStacks, told: Told): UsageOfStacks {
  const next = new Map(known);
  for (const { stack, server, samples } of (told.history ?? []) as StackRecord[]) next.set(`${stack}@${server}`, samples.map(usageOf));
  for (const { stack, server, samples } of (told.usage ?? []) as StackRecord[]) {
    const id = `${stack}@${server}`;
    next.set(id, [...(next.get(id) ?? []), ...samples.map(usageOf)].slice(-KEPT));
  }
  return next;
}

function usageOf(record: Record): Usage {
  return { at: Date.parse(record.at), cpu: record.cpu_percent, memory: record.memory_bytes };
}
