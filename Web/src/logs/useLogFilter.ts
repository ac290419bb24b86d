import { useMemo } from "react";
import { setQuery, useQuery } from "../app/router";
import { LEVELS, type Level } from "./line";
import type { LogFilter } from "./filter";

/** The filter is in the address: a link shows the same. Each pane beside others has its own, by what is behind the names. */
export function useLogFilter(pane = ""): [LogFilter, (change: Partial<LogFilter>) => void] {
  const query = useQuery().toString();
  const filter = useMemo(() => filterIn(new URLSearchParams(query), pane), [query, pane]);
  return [filter, (change) => setQuery(membersOf({ ...filter, ...change }, pane))];
}

export function filterIn(query: URLSearchParams, pane = ""): LogFilter {
  const text = (name: string) => query.get(name + pane) ?? "";
  const list = (name: string) => text(name).split(",").filter(Boolean);
  return {
    text: text("query"), exclude: text("exclude"), isCaseSensitive: text("case") === "1", isMarking: text("hits") === "marked",
    levels: list("levels").filter((level): level is Level => LEVELS.includes(level as Level)), services: list("service"), stream: text("stream"), field: text("field"),
  };
}

export function membersOf(filter: LogFilter, pane = ""): Record<string, string | null> {
  const members = {
    query: filter.text, exclude: filter.exclude, case: filter.isCaseSensitive ? "1" : null, hits: filter.isMarking ? "marked" : null, levels: filter.levels.join(","),
    service: filter.services.join(","), stream: filter.stream, field: filter.field,
  };
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name + pane, value]));
}
