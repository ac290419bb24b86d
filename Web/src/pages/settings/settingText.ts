import type { Setting } from "../../api/schema";

/** The words that a setting can have; the API's document does not tell them. */
const words: Readonly<Record<string, readonly string[]>> = { "policy.level": ["open", "standard", "strict"] };

export type Kind = "text" | "number" | "list" | "switch" | "words";

/** How a setting is typed in, by its default. */
export function kindOf(setting: Pick<Setting, "key" | "default_value">): Kind {
  if (setting.key in words) return "words";
  if (Array.isArray(setting.default_value)) return "list";
  switch (typeof setting.default_value) {
    case "number": return "number";
    case "boolean": return "switch";
    default: return "text";
  }
}

export function wordsOf(key: string): readonly string[] {
  return words[key] ?? [];
}

/** A value as it stands in a field; a list has one item a line. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join("\n");
  return value == null ? "" : String(value);
}

/** What is sent for a field's text; undefined: it is no value of the kind. */
export function valueOf(kind: Kind, text: string): unknown {
  switch (kind) {
    case "number": return /^-?\d+$/.test(text.trim()) ? Number(text) : undefined;
    case "list": return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    case "switch": return text === "true";
    case "text": case "words": return text;
  }
}
