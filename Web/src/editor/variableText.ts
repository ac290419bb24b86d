/** What is told of `${NAME}` where it stands in a file. */
import { referenceAt } from "./completion";

export interface KnownVariable {
  /** Null: it is secret. */
  value: string | null;
  /** Where it is set: `.env:3`. */
  source: string;
}

/** Value and source of the variable at a column (from 0) of a line; empty: there is none. */
export function variableText(line: string, column: number, variables: ReadonlyMap<string, KnownVariable>): string {
  const reference = referenceAt(line, column);
  if (reference === null) return "";
  const known = variables.get(reference.name);
  if (known !== undefined) return known.value === null ? `${reference.name} is ${known.source}` : `${reference.name} = ${known.value} (${known.source})`;
  if (reference.fallback !== null) return `${reference.name} is not set: ${reference.fallback === "" ? "nothing" : reference.fallback} stands for it`;
  return `${reference.name} is not set`;
}
