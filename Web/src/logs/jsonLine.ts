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
  if (!text.startsWith("{") || !text.endsWith("}")) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const members = Object.entries(value);
  const found = MESSAGES.find((name) => typeof (value as Record<string, unknown>)[name] === "string");
  return {
    message: found ? visibleText(String((value as Record<string, unknown>)[found])) : "",
    fields: members
      .filter(([name]) => name !== found && !(found && KNOWN.has(name)))
      .map(([name, member]) => [visibleText(name), visibleText(typeof member === "string" ? member : JSON.stringify(member))]),
  };
}
