import { visibleText } from "./ansi";

/** A JSON line as people read it: what it says, and the rest as fields. */
export interface JsonLine {
  message: string;
  fields: [name: string, value: string][];
}

const MESSAGES = ["message", "msg", "text", "event"];
/** Shown elsewhere in the row. */
const KNOWN = new Set([...MESSAGES, "level", "severity", "lvl", "time", "timestamp", "ts", "@timestamp"]);

/** Null: it is no object in JSON. */
export function jsonLine(text: string): JsonLine | null {
  const value = objectOf(text);
  if (!value) return null;
  const found = MESSAGES.find((name) => typeof value[name] === "string");
  return {
    message: found ? visibleText(String(value[found])) : "",
    fields: Object.entries(value)
      .filter(([name]) => name !== found && !(found && KNOWN.has(name)))
      .map(([name, member]) => [visibleText(name), visibleText(typeof member === "string" ? member : JSON.stringify(member))]),
  };
}

/** The fields in order of the columns, an empty text where the line has none, and those that are left. */
export function inColumns(fields: JsonLine["fields"], columns: string[]): { cells: [name: string, value: string][]; rest: JsonLine["fields"] } {
  const values = new Map(fields);
  return { cells: columns.map((name) => [name, values.get(name) ?? ""]), rest: fields.filter(([name]) => !columns.includes(name)) };
}

/** The object that a line is; null: it is none. */
export function objectOf(text: string): Record<string, unknown> | null {
  if (!text.startsWith("{") || !text.endsWith("}")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
