import type { Line } from "./line";

/** Where one line is: its moment, its container, and its place among lines of that container and moment. */
export interface LinePlace {
  time: string;
  source: string;
  sequence: number;
}

/** `MOMENT~CONTAINER~N`, as the address has it. */
export function placeText({ time, source, sequence }: LinePlace): string {
  return [time, source, ...(sequence > 0 ? [sequence] : [])].join("~");
}

/** A moment alone is a place too. */
export function placeFrom(text: string): LinePlace | null {
  const [time = "", source = "", sequence = "0"] = text.split("~");
  return Number.isNaN(Date.parse(time)) ? null : { time, source, sequence: Number(sequence) || 0 };
}

/** The place of a line among those around it. */
export function placeOfLine(line: Line, rows: Line[]): LinePlace {
  const same = rows.filter((row) => row.time === line.time && row.source === line.source);
  return { time: line.time, source: line.source, sequence: Math.max(0, same.findIndex((row) => row.n === line.n)) };
}

/** Which of some lines is at a place; -1: none. */
export function indexAt(lines: { time: string; source: string }[], { time, source, sequence }: LinePlace): number {
  let left = sequence;
  return lines.findIndex((line) => line.time === time && (!source || line.source === source) && left-- === 0);
}
