/** What may stand at a place of a Compose file: its keys by level, and the names that the file itself declares. */
import { keysAt } from "./composeKeys";

export interface CompletionItem {
  label: string;
  insert: string;
}

export interface Completion {
  /** Where what is typed already begins; from 1. */
  column: number;
  items: CompletionItem[];
}

/** The keys above a line, from the outermost on, by indentation. */
export function pathAt(lines: readonly string[], line: number, indent: number): string[] {
  const path: string[] = [];
  let below = indent;
  for (let at = line - 2; at >= 0 && below > 0; at -= 1) {
    const found = /^(\s*)(?:- )?([\w.$-]+|"[^"]+"):(\s|$)/.exec(lines[at] ?? "");
    if (found === null) continue;
    const width = (found[1] ?? "").length;
    if (width >= below) continue;
    path.unshift((found[2] ?? "").replace(/"/g, ""));
    below = width;
  }
  return path;
}

/** The names under a key of the top level: services, volumes, networks, configs, secrets. */
export function namesUnder(lines: readonly string[], section: string): string[] {
  const names: string[] = [];
  let isInside = false;
  let width = 0;
  for (const line of lines) {
    if (/^\S/.test(line)) {
      isInside = line.startsWith(`${section}:`);
      width = 0;
    } else if (isInside) {
      const found = /^(\s+)([\w.-]+):(\s|$)/.exec(line);
      if (found === null) continue;
      width ||= (found[1] ?? "").length;
      if ((found[1] ?? "").length === width) names.push(found[2] ?? "");
    }
  }
  return names;
}

/** A variable that a line asks for, and what stands there for it when it is not set. */
export interface Reference {
  name: string;
  fallback: string | null;
}

/** The variable of `${NAME…}` or `$NAME` at a column (from 0) of a line; null: there is none. */
export function referenceAt(line: string, column: number): Reference | null {
  for (const found of line.matchAll(/\$\$|\$\{(\w+)(?::?-([^}]*))?[^}]*\}|\$([A-Za-z_]\w*)/g)) {
    const from = found.index ?? 0;
    const name = found[1] ?? found[3];
    if (name !== undefined && column >= from && column < from + (found[0] ?? "").length) return { name, fallback: found[2] ?? null };
  }
  return null;
}

/** Values of lists and short forms that name something declared elsewhere. */
const namesFor: Readonly<Record<string, string>> = {
  depends_on: "services", links: "services", volumes_from: "services", volumes: "volumes", networks: "networks", configs: "configs", secrets: "secrets",
};

/** What is typed of an image's name, in the place of one; null: no image stands there. */
export function imageTyped(text: string, line: number, column: number): string | null {
  const before = (text.split("\n")[line - 1] ?? "").slice(0, column - 1);
  return /^\s*image:\s*["']?([\w./:@-]*)$/.exec(before)?.[1] ?? null;
}

export function complete(text: string, line: number, column: number, variables: readonly string[], images: readonly string[] = []): Completion {
  const lines = text.split("\n");
  const before = (lines[line - 1] ?? "").slice(0, column - 1);
  const variable = /\$\{?(\w*)$/.exec(before);
  if (variable !== null) return among(variables, variable[1] ?? "", column, "");
  const image = imageTyped(text, line, column);
  if (image !== null) return among(images, image, column, "");
  const indent = /^\s*/.exec(before)?.[0]?.length ?? 0;
  const listed = /^\s*- ?(["']?)([\w.-]*)$/.exec(before);
  const path = pathAt(lines, line, listed === null ? indent : indent + 1);
  const inFlow = /^\s*([\w-]+):\s*\[(?:[^\]]*,)?\s*([\w.-]*)$/.exec(before);
  if (inFlow !== null) return among(names(lines, inFlow[1]), inFlow[2] ?? "", column, "");
  if (listed !== null) return among(names(lines, path[path.length - 1]), listed[2] ?? "", column, "");
  const key = /^\s*([\w.-]*)$/.exec(before);
  if (key === null) return { column, items: [] };
  const parent = path[path.length - 1];
  const declared = path.length === 3 && path[0] === "services" ? names(lines, parent) : [];
  return among([...declared, ...keysAt(path)], key[1] ?? "", column, ": ");
}

function names(lines: readonly string[], key: string | undefined): string[] {
  const section = key === undefined ? undefined : namesFor[key];
  return section === undefined ? [] : namesUnder(lines, section);
}

function among(words: readonly string[], typed: string, column: number, behind: string): Completion {
  const items = [...new Set(words)].filter((word) => word.startsWith(typed) && word !== typed).map((word) => ({ label: word, insert: word + behind }));
  return { column: column - typed.length, items };
}
