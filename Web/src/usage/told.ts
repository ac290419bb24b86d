import type { Told } from "../stream/messages";
import type { Usage } from "./UsageSeries";

interface Record {
  at: string;
  cpu_percent: number;
  memory_bytes: number;
}

/** The samples in a message of a `stats` subscription, the oldest first. */
export function samplesOf(told: Told): { container: string; samples: Usage[] } {
  const records = (told.history ?? (told.sample ? [told.sample] : [])) as Record[];
  return {
    container: String(told.container ?? ""),
    samples: records.map((record) => ({ at: Date.parse(record.at), cpu: record.cpu_percent, memory: record.memory_bytes })),
  };
}
