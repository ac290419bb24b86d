import { usePreferences, prefer } from "../app/preferences";
import type { TimeForm } from "./timeText";

export const SIZES = [12, 13, 14, 15, 16];

/** How the lines look; remembered for the user of this browser. */
export interface LogDisplay {
  time: TimeForm;
  /** Pixels. */
  size: number;
  isCompact: boolean;
  isWrapped: boolean;
  /** Fields of JSON lines that are shown as columns, by service. */
  columns: Record<string, string[]>;
}

const STANDARD: LogDisplay = { time: "local", size: 13, isCompact: false, isWrapped: false, columns: {} };

/** The height of a row in pixels. */
export function rowHeight({ size, isCompact }: Pick<LogDisplay, "size" | "isCompact">): number {
  return size + (isCompact ? 3 : 7);
}

export function useLogDisplay(): [LogDisplay, (change: Partial<LogDisplay>) => void] {
  const kept = usePreferences().logs as Partial<LogDisplay> | undefined;
  const display = { ...STANDARD, ...kept };
  return [{ ...display, size: SIZES.includes(display.size) ? display.size : STANDARD.size }, (change) => prefer({ logs: { ...display, ...change } })];
}

/** The columns with one field of a service put in or taken out. */
export function withColumn(columns: LogDisplay["columns"], service: string, field: string): LogDisplay["columns"] {
  const present = columns[service] ?? [];
  const next = present.includes(field) ? present.filter((one) => one !== field) : [...present, field];
  const { [service]: _, ...others } = columns;
  return next.length > 0 ? { ...others, [service]: next } : others;
}
