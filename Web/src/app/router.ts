import { useSyncExternalStore } from "react";

export type Params = Record<string, string>;

/** Whether somebody may leave the page: false stops it, and the guard asks. */
type Guard = (goOn: () => void, to: string) => boolean;

let guard: Guard | undefined;
/** How often the page was changed by us: the browser's own back from the first one leaves the site. */
let here = current();
const listeners = new Set<() => void>();

function current(): string {
  return typeof location === "undefined" ? "/" : location.pathname + location.search;
}

function changed(): void {
  here = current();
  for (const listener of listeners) listener();
}

/** Whether the present address came by the browser's own back or forward: then the browser knows where it was scrolled to. */
let isReturn = false;

export function cameBack(): boolean {
  return isReturn;
}

/** Begins to follow the browser's back and forward. */
export function startRouter(): void {
  window.addEventListener("popstate", () => {
    const wanted = current();
    if (wanted === here) return;
    const previous = here;
    if (guard && !guard(() => go(wanted, { force: true }), wanted)) {
      // The address is put back; the guard goes there itself when it may.
      history.pushState(null, "", previous);
      return;
    }
    guard = undefined;
    isReturn = true;
    changed();
  });
}

export interface GoOptions {
  /** In place of the present address, without a step in the history. */
  replace?: boolean;
  /** Without asking the guard. */
  force?: boolean;
}

/** Goes to an address of this site. */
export function go(to: string, { replace = false, force = false }: GoOptions = {}): void {
  if (to === here) return;
  const leaves = to.split("?")[0] !== here.split("?")[0];
  if (leaves && guard && !force && !guard(() => go(to, { replace, force: true }), to)) return;
  if (leaves) guard = undefined;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  isReturn = false;
  changed();
}

/** Sets who is asked before the page is left; undefined: nobody. */
export function guardLeaving(next: Guard | undefined): void {
  guard = next;
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Path and query, as they are in the address bar. */
export function useAddress(): string {
  return useSyncExternalStore(listen, () => here, () => here);
}

/** The query of the address. */
export function useQuery(): URLSearchParams {
  return new URLSearchParams(useAddress().split("?")[1] ?? "");
}

/** Changes members of the query in place; an empty value removes its member. */
export function setQuery(changes: Record<string, string | null | undefined>, options: GoOptions = { replace: true }): void {
  const [path = "/", search = ""] = here.split("?");
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  go(text ? `${path}?${text}` : path, options);
}

/** The parameters of a path that fits a pattern as `/stacks/:stack/logs`; null: it does not. */
export function match(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/");
  const found = path.replace(/\/+$/, "").split("/");
  if (wanted.length !== Math.max(found.length, pattern === "/" ? 2 : 1)) return null;
  const params: Params = {};
  for (const [index, part] of wanted.entries()) {
    const text = found[index] ?? "";
    if (part.startsWith(":")) {
      if (!text) return null;
      try {
        params[part.slice(1)] = decodeURIComponent(text);
      } catch {
        return null;
      }
    } else if (part !== text) return null;
  }
  return params;
}

/** A path with its parts escaped: path`/stacks/${stack}/logs`. */
export function path(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  // `@` stays as it is: NAME@SERVER is read by people.
  return texts.reduce((all, text, index) => all + encodeURIComponent(String(values[index - 1])).replaceAll("%40", "@") + text);
}
