import { entriesOf, usesOf } from "../compose/variables";
import type { Draft } from "../../editor/draft";

export interface Variable {
  name: string;
  /** Null: not in the environment file. */
  value: string | null;
  isSecret: boolean;
  /** Where its value stands: `.env:3`, or "sealed". */
  source: string | null;
  usedBy: string[];
  /** Asked for, without a value and without a default. */
  isUnset: boolean;
  isUnused: boolean;
}

/** All variables that files ask for, `.env` sets or the server keeps sealed, by name. */
export function variablesTable(draft: Draft, secrets: readonly string[]): Variable[] {
  const file = draft.files.find((each) => each.path === ".env");
  const entries = new Map(entriesOf(file?.text ?? "").map((entry) => [entry.name, entry]));
  const uses = usesOf(draft);
  const names = new Set([...entries.keys(), ...uses.keys(), ...secrets]);
  return [...names].sort().map((name) => {
    const [entry, use] = [entries.get(name), uses.get(name)];
    const isSecret = secrets.includes(name);
    return {
      name, value: entry?.value ?? null, isSecret,
      source: isSecret ? "sealed" : entry === undefined ? null : `.env:${entry.line}`,
      usedBy: use?.places ?? [],
      isUnset: use !== undefined && !use.hasDefault && entry === undefined && !isSecret,
      isUnused: use === undefined,
    };
  });
}

/** A text of an environment file with a variable set to a value (null: without it); other lines stay as they are. */
export function withVariable(text: string, name: string, value: string | null): string {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const entries = entriesOf(text);
  const at = entries.findIndex((entry) => entry.name === name);
  const entry = entries[at];
  const made = value === null ? [] : [`${name}=${quoted(value)}`];
  if (entry === undefined) lines.push(...made);
  else lines.splice(entry.line - 1, entry.value.split("\n").length, ...made);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** In single quotes nothing is replaced; double quotes are for what has single ones or lines in it. */
function quoted(value: string): string {
  if (/^[\w./:@%+,-]*$/.test(value)) return value;
  if (!/['\n]/.test(value)) return `'${value}'`;
  return `"${value.replace(/[\\"$`]/g, (found) => `\\${found}`).replace(/\n/g, "\\n")}"`;
}
