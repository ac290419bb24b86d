import { plainText } from "./ansi";
import { fieldTest } from "./fieldTest";
import type { Level, Line } from "./line";
import { isSlow } from "./slowPattern";

/** What somebody has typed and chosen; a text between slashes is a regular expression. */
export interface LogFilter {
  text: string;
  exclude: string;
  isCaseSensitive: boolean;
  levels: Level[];
  services: string[];
  stream: string;
  /** Of JSON lines: `field:value`, `field>number`. */
  field: string;
}

export const NO_FILTER: LogFilter = { text: "", exclude: "", isCaseSensitive: false, levels: [], services: [], stream: "", field: "" };

export type Test = (line: Line) => boolean;

/** A line is looked at so far: a pattern that is slow on long lines must not hold everything up. */
const LOOKED_AT = 8192;

/** How the words of a filter are meant: a part of the text, or an expression. */
export function patternOf(text: string, isCaseSensitive: boolean): RegExp | null {
  if (!text) return null;
  const found = /^\/(.+)\/(i?)$/.exec(text);
  if (found?.[1] && isSlow(found[1])) throw new Error("The expression is too slow: what is repeated in it repeats or chooses itself.");
  const source = found?.[1] ?? text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(source, isCaseSensitive && !found?.[2] ? "" : "i");
}

/** The test of a filter, or what is wrong with its expression. */
export function compile(filter: LogFilter): { test: Test | null } | { error: string } {
  let wanted: RegExp | null;
  let unwanted: RegExp | null;
  let hasField: ((text: string) => boolean) | null;
  try {
    wanted = patternOf(filter.text, filter.isCaseSensitive);
    unwanted = patternOf(filter.exclude, filter.isCaseSensitive);
    hasField = filter.field ? fieldTest(filter.field) : null;
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
  const levels = new Set(filter.levels);
  const services = new Set(filter.services);
  if (!wanted && !unwanted && levels.size === 0 && services.size === 0 && !filter.stream && !hasField) return { test: null };
  return {
    test: (line) => {
      if (line.isMark) return true;
      if (levels.size > 0 && !levels.has(line.level)) return false;
      if (services.size > 0 && !services.has(line.service)) return false;
      if (filter.stream && line.stream !== filter.stream) return false;
      if (hasField && !hasField(line.text)) return false;
      const cut = line.text.length > LOOKED_AT ? line.text.slice(0, LOOKED_AT) : line.text;
      // Colours in the middle of a word do not hide it.
      const text = cut.includes("\u001b") ? plainText(cut) : cut;
      return (!wanted || wanted.test(text)) && (!unwanted || !unwanted.test(text));
    },
  };
}

/** As the server takes it, for what is older than the page has. */
export function queryOf(filter: LogFilter): Record<string, string | string[] | boolean | undefined> {
  const expression = /^\/(.+)\/i?$/.exec(filter.text)?.[1];
  const isPlainExclude = !/^\/.+\/i?$/.test(filter.exclude);
  return {
    text: expression ? undefined : filter.text || undefined, regex: expression, exclude: isPlainExclude ? filter.exclude || undefined : undefined,
    case: filter.isCaseSensitive || undefined, level: filter.levels, stream: filter.stream || undefined,
    // Left out, the services of the targets stay.
    ...(filter.services.length > 0 && { service: filter.services }), ...(filter.field && { field: filter.field }),
  };
}
