/** What the server's parser finds wrong, with places in the text. */

/** A mistake or a warning at a place of a file; lines and columns count from 1. */
export interface EditorProblem {
  file: string;
  line: number;
  column: number;
  /** Behind the last character of what is marked. */
  endColumn: number;
  severity: "error" | "warning";
  message: string;
  remedy: string | null;
  rule: string | null;
  /** What "Fix" puts in the place of the marked text. */
  replacement: string | null;
}

/** A fault as the API tells it. */
export interface Fault {
  place: string;
  message: string;
  remedy?: string | null;
  rule?: string | null;
}

export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Takes `compose.yaml:4:5` apart; without line or column they are 1. */
export function placeOf(text: string): Place {
  const found = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(text);
  return { file: found?.[1] ?? text, line: Number(found?.[2] ?? 1), column: Number(found?.[3] ?? 1) };
}

/** The problems of one validation, by file and place; errors come before warnings of the same place. */
export function problemsOf(faults: readonly Fault[], warnings: readonly string[], textOf: (file: string) => string | undefined): EditorProblem[] {
  const problems = faults.map((fault) => located(placeOf(fault.place), "error", fault, textOf));
  for (const warning of warnings) {
    const { place, message } = warningParts(warning);
    problems.push(located(place, "warning", { place: "", message }, textOf));
  }
  return problems.sort(byPlace);
}

/** Warnings come as one text: `FILE:LINE:COLUMN: message`. */
export function warningParts(text: string): { place: Place; message: string } {
  const found = /^([^\s:]+:\d+(?::\d+)?): ([\s\S]*)$/.exec(text);
  if (found === null) return { place: { file: "", line: 1, column: 1 }, message: text };
  return { place: placeOf(found[1] ?? ""), message: found[2] ?? "" };
}

function located(place: Place, severity: EditorProblem["severity"], fault: Fault, textOf: (file: string) => string | undefined): EditorProblem {
  const line = lineAt(textOf(place.file), place.line);
  const endColumn = endOfToken(line, place.column);
  const marked = line.slice(place.column - 1, endColumn - 1);
  return {
    ...place, endColumn, severity, message: fault.message, remedy: fault.remedy ?? null, rule: fault.rule ?? null,
    replacement: replacementOf(fault, marked),
  };
}

function lineAt(text: string | undefined, line: number): string {
  return text?.split("\n")[line - 1]?.replace(/\r$/, "") ?? "";
}

/** A key or a value is marked up to its end, and at least one character. */
function endOfToken(line: string, column: number): number {
  const rest = line.slice(column - 1);
  const found = /^(?:"[^"]*"|'[^']*'|[^\s:,\]}#][^:,\]}#]*?(?=\s*(?::\s|:$|,|\]|\}|\s#|$)))/.exec(rest)?.[0] ?? "";
  return column + Math.max(1, found.length);
}

/** Only where the server names the word that was meant, and the mistaken one stands at the place. */
function replacementOf(fault: Fault, marked: string): string | null {
  if (fault.rule !== "unknownKey") return null;
  const wrong = /unknown key `([^`]+)`/.exec(fault.message)?.[1];
  const meant = /^did you mean `([^`]+)`\?$/.exec(fault.remedy ?? "")?.[1];
  return meant !== undefined && wrong === marked ? meant : null;
}

export function byPlace(left: EditorProblem, right: EditorProblem): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  if (left.line !== right.line) return left.line - right.line;
  if (left.column !== right.column) return left.column - right.column;
  return left.severity === right.severity ? 0 : left.severity === "error" ? -1 : 1;
}

/** The next (or, backwards, previous) problem from a place, round at the ends; null when there is none. */
export function nextProblem(problems: readonly EditorProblem[], from: Place, backwards = false): EditorProblem | null {
  if (problems.length === 0) return null;
  const here: EditorProblem = { ...from, endColumn: from.column, severity: "error", message: "", remedy: null, rule: null, replacement: null };
  const order = (problem: EditorProblem) => {
    const byFile = problem.file < here.file ? -1 : problem.file > here.file ? 1 : 0;
    return byFile || problem.line - here.line || problem.column - here.column;
  };
  if (backwards) return [...problems].reverse().find((problem) => order(problem) < 0) ?? problems[problems.length - 1] ?? null;
  return problems.find((problem) => order(problem) > 0) ?? problems[0] ?? null;
}

export function countProblems(problems: readonly EditorProblem[]): { errors: number; warnings: number } {
  const errors = problems.filter((problem) => problem.severity === "error").length;
  return { errors, warnings: problems.length - errors };
}
