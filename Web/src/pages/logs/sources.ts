import type { Target } from "../../stream/messages";

/** A source as the address has it: `STACK@SERVER`, `STACK@SERVER/SERVICE`, `@SERVER`, `@SERVER/CONTAINER`. */
export function targetOf(source: string): Target {
  const [place = "", part] = source.split("/");
  const [stack, server] = place.split("@");
  if (stack) return { stack, ...(server && { server }), ...(part && { service: part }) };
  return { ...(server && { server }), ...(part && { container: part }) };
}

/** The sources of one pane. */
export function sourcesIn(query: URLSearchParams, suffix: string): string[] {
  return (query.get("source" + suffix) ?? "").split(",").filter((source) => /[^@/]/.test(source));
}
