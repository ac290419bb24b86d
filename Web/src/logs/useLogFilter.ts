import { useMemo } from "react";
import { setQuery, useQuery } from "../app/router";
import { LEVELS, type Level } from "./line";
import type { LogFilter } from "./filter";

/** The filter is in the address: a link shows the same. */
export function useLogFilter(): [LogFilter, (change: Partial<LogFilter>) => void] {
  const query = useQuery().toString();
  const filter = useMemo(() => read(new URLSearchParams(query)), [query]);
  return [filter, (change) => write({ ...filter, ...change })];
}

function read(query: URLSearchParams): LogFilter {
  const list = (name: string) => (query.get(name) ?? "").split(",").filter(Boolean);
  return {
    text: query.get("query") ?? "", exclude: query.get("exclude") ?? "", isCaseSensitive: query.get("case") === "1",
    levels: list("levels").filter((level): level is Level => LEVELS.includes(level as Level)), services: list("service"), stream: query.get("stream") ?? "", field: query.get("field") ?? "",
  };
}

function write(filter: LogFilter): void {
  setQuery({
    query: filter.text, exclude: filter.exclude, case: filter.isCaseSensitive ? "1" : null, levels: filter.levels.join(","), service: filter.services.join(","),
    stream: filter.stream, field: filter.field,
  });
}
