import { plainText } from "./ansi";
import { fieldsTest, fieldsOf } from "./fieldTest";
import type { Level, Line } from "./line";
import { hasTooMany, isSlow, patientTest } from "./slowPattern";

/** What somebody has typed and chosen; a text between slashes is a regular expression. */
export interface LogFilter {
  text: string;
  exclude: string;
  isCaseSensitive: boolean;
  levels: Level[];
  services: string[];
  stream: string;
  /** Of JSON lines: `field:value`, `field>number`; several must all fit. */
  field: string;
  /** The text only marks its hits: all other lines stay. */
  isMarking: boolean;
}

export const NO_FILTER: LogFilter = { text: "", exclude: "", isCaseSensitive: false, levels: [], services: [], stream: "", field: "", isMarking: false };

export type Test = (line: Line) => boolean;

/** A line is looked at so far: a pattern that is slow on long lines must not hold everything up. */
export const LOOKED_AT = 8192;

/** How the words of a filter are meant: a part of the text, or an expression. */
export function patternOf(text: string, isCaseSensitive: boolean): RegExp | null {
  if (!text) return null;
  const found = /^\/(.+)\/(i?)$/.exec(text);
  if (found?.[1] && isSlow(found[1])) throw new Error("The expression is too slow: what is repeated in it repeats or chooses itself.");
  if (found?.[1] && hasTooMany(found[1])) throw new Error("The expression is too slow: too many of its repetitions can take the same letters.");
  const source = found?.[1] ?? text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(source, isCaseSensitive && !found?.[2] ? "" : "i");
}

/** The test of a filter and that of its hits, or what is wrong with its expression. */
export function compile(filter: LogFilter): { test: Test | null; hit: Test | null } | { error: string } {
  let wanted: RegExp | null;
  let unwanted: RegExp | null;
  let hasField: ((text: string) => boolean) | null;
  try {
    wanted = patternOf(filter.text, filter.isCaseSensitive);
    unwanted = patternOf(filter.exclude, filter.isCaseSensitive);
    hasField = filter.field ? fieldsTest(filter.field) : null;
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
  const levels = new Set(filter.levels);
  const services = new Set(filter.services);
  const isWanted = wanted && patientTest(wanted);
  const isUnwanted = unwanted && patientTest(unwanted);
  const narrowing = filter.isMarking ? null : isWanted;
  // Of lines that all have the text, each is a hit.
  const hit: Test | null = isWanted && (filter.isMarking ? (line) => isWanted(searchedText(line)) : () => true);
  if (!narrowing && !isUnwanted && levels.size === 0 && services.size === 0 && !filter.stream && !hasField) return { test: null, hit };
  return {
    hit,
    test: (line) => {
      if (line.isMark) return true;
      if (levels.size > 0 && !levels.has(line.level)) return false;
      if (services.size > 0 && !services.has(line.service)) return false;
      if (filter.stream && line.stream !== filter.stream) return false;
      if (hasField && !hasField(line.text)) return false;
      if (!narrowing && !isUnwanted) return true;
      const text = searchedText(line);
      return (!narrowing || narrowing(text)) && (!isUnwanted || !isUnwanted(text));
    },
  };
}

/** What a line says in the end: colours in the middle of a word do not hide it. */
function searchedText(line: Line): string {
  const cut = line.text.length > LOOKED_AT ? line.text.slice(0, LOOKED_AT) : line.text;
  return /[\u001b\r]/.test(cut) ? plainText(cut) : cut;
}

/** How many of its parts are on. */
export function partsOn(filter: LogFilter): number {
  const { text, exclude, levels, services, stream, field, isMarking } = filter;
  return [text && !isMarking, exclude, levels.length > 0, services.length > 0, stream, field].filter(Boolean).length;
}

/** As the server takes it, for what is older than the page has. The services are part of what is asked (queries.ts). */
export function queryOf(filter: LogFilter): Record<string, string | string[] | boolean | undefined> {
  const text = filter.isMarking ? "" : filter.text;
  const expression = /^\/(.+)\/i?$/.exec(text)?.[1];
  return {
    text: expression ? undefined : text || undefined, regex: expression, exclude: hasExpression(filter.exclude) ? undefined : filter.exclude || undefined,
    case: filter.isCaseSensitive || undefined, level: filter.levels, stream: filter.stream || undefined, field: fieldsOf(filter.field),
  };
}

/** Whether a text is meant as an expression; over HTTP the server leaves out plain words only. */
export function hasExpression(text: string): boolean {
  return /^\/.+\/i?$/.test(text);
}
