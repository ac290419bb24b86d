import type { Draft } from "../../editor/draft";
import type { KnownVariable } from "../../editor/variableText";

/** The variables in the environment files of a draft, by name, and those that are sealed on the server. */
export function variablesOf(draft: Draft, sealed: readonly string[] = []): Map<string, KnownVariable> {
  const variables: [string, KnownVariable][] = [];
  for (const file of draft.files) {
    if (!/(^|\.|\/)env$/.test(file.path) || file.text === null) continue;
    for (const entry of entriesOf(file.text)) variables.push([entry.name, { value: entry.value, source: `${file.path}:${entry.line}` }]);
  }
  for (const name of sealed) variables.push([name, { value: null, source: "sealed on the server" }]);
  return new Map(variables.sort(([left], [right]) => (left < right ? -1 : 1)));
}

export interface EnvironmentEntry {
  name: string;
  value: string;
  /** Its line, from 1. */
  line: number;
}

/** The lines of an environment file that set a variable. Several lines in quotes are one value. */
export function entriesOf(text: string): EnvironmentEntry[] {
  const entries: EnvironmentEntry[] = [];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const found = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:](.*)$/.exec((lines[at] ?? "").replace(/\r$/, ""));
    if (found === null) continue;
    const line = at + 1;
    let value = (found[2] ?? "").trim();
    const quote = /^["']/.exec(value)?.[0];
    if (quote !== undefined) {
      while (value.indexOf(quote, 1) < 0 && at + 1 < lines.length) value += `\n${lines[(at += 1)]}`;
      value = value.slice(1, value.indexOf(quote, 1) < 0 ? undefined : value.indexOf(quote, 1));
    } else {
      value = value.replace(/\s+#.*$/, "");
    }
    entries.push({ name: found[1] ?? "", value, line });
  }
  return entries;
}

/** Variables that Compose files ask for: by name, with where, and whether a default stands there. */
export function usesOf(draft: Draft): Map<string, { places: string[]; hasDefault: boolean }> {
  const uses = new Map<string, { places: string[]; hasDefault: boolean }>();
  for (const file of draft.files) {
    if (!/\.ya?ml$/.test(file.path) || file.text === null) continue;
    for (const [index, line] of file.text.split("\n").entries()) {
      if (/^\s*#/.test(line)) continue;
      for (const found of line.matchAll(/(\$\$)|\$(?:\{([A-Za-z_]\w*)(:?[-+?])?[^}]*\}|([A-Za-z_]\w*))/g)) {
        const name = found[2] ?? found[4];
        if (name === undefined) continue;
        const use = uses.get(name) ?? { places: [], hasDefault: true };
        use.places.push(`${file.path}:${index + 1}`);
        use.hasDefault &&= /[-+]/.test(found[3] ?? "");
        uses.set(name, use);
      }
    }
  }
  return uses;
}
