import type { LogPage } from "../api/schema";
import type { Target } from "../stream/messages";
import { isBefore } from "./moments";

/** What is named by one call over HTTP, which joins its lists: each stack with each service. */
export interface SourceQuery {
  server?: string;
  stack?: string[];
  service?: string[];
  container?: string[];
}

/** Some targets as the fewest calls that name just them; `services`: only these of all. */
export function queriesOf(targets: Target[], services: string[] = []): SourceQuery[] {
  const stacks: string[] = [];
  const servicesOf = new Map<string, string[]>();
  const containersOf = new Map<string, string[]>();
  const queries: SourceQuery[] = [];
  for (const target of targets) {
    const stack = target.stack && [target.stack, target.server].filter(Boolean).join("@");
    if (stack && target.container) queries.push(narrowed({ stack: [stack], container: [target.container] }, services));
    else if (stack && target.service) join(servicesOf, stack, target.service);
    else if (stack) stacks.push(stack);
    else if (target.container) join(containersOf, target.server ?? "", target.container);
    else queries.push(narrowed({ server: target.server }, services));
  }
  if (stacks.length > 0) queries.push(narrowed({ stack: stacks }, services));
  for (const [stack, wanted] of servicesOf) {
    const both = services.length > 0 ? wanted.filter((one) => services.includes(one)) : wanted;
    if (both.length > 0) queries.push({ stack: [stack], service: both });
  }
  for (const [server, container] of containersOf) queries.push(narrowed(server ? { server, container } : { container }, services));
  return queries;
}

/** Pages of several calls as one, oldest first: only so far back as all of them reach. */
export function joinedOlder(pages: LogPage[]): LogPage {
  const only = pages[0];
  if (only && pages.length === 1) return only;
  const bounds = pages.filter((page) => page.reason !== "end").map((page) => page.searched_to ?? page.lines[0]?.time ?? "");
  const bound = bounds.reduce((latest, one) => (!latest || isBefore(latest, one) ? one : latest), "");
  const lines = sorted(pages).filter((line) => !bound || !isBefore(line.time, bound));
  return {
    lines, searched_to: bound || null, reason: bounds.length === 0 ? "end" : pages.some((page) => page.reason === "deadline") ? "deadline" : "limit",
    unreadable: pages.flatMap((page) => page.unreadable),
  };
}

/** Pages of several calls behind one moment as one: only so far as all of them reach. */
export function joinedLater(pages: LogPage[]): LogPage {
  const only = pages[0];
  if (only && pages.length === 1) return only;
  const ends = pages.filter((page) => page.reason !== "end").map((page) => page.lines[page.lines.length - 1]?.time ?? page.searched_to ?? "").filter(Boolean);
  const end = ends.reduce((first, one) => (!first || isBefore(one, first) ? one : first), "");
  const lines = sorted(pages).filter((line) => !end || !isBefore(end, line.time));
  return { lines, searched_to: end || null, reason: end ? "limit" : "end", unreadable: pages.flatMap((page) => page.unreadable) };
}

/** Pages around one moment as one. */
export function joinedAround(pages: LogPage[]): LogPage {
  return { lines: sorted(pages), searched_to: null, reason: "limit", unreadable: pages.flatMap((page) => page.unreadable) };
}

function sorted(pages: LogPage[]): LogPage["lines"] {
  return pages.flatMap((page) => page.lines).sort((one, other) => (isBefore(one.time, other.time) ? -1 : isBefore(other.time, one.time) ? 1 : 0));
}

function narrowed(query: SourceQuery, services: string[]): SourceQuery {
  return services.length > 0 ? { ...query, service: services } : query;
}

function join(map: Map<string, string[]>, key: string, value: string): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}
