import { call } from "../api/client";
import type { LogPage } from "../api/schema";
import type { SourceQuery } from "./queries";

/** The same page of each query. */
export function loadPages(queries: SourceQuery[], rest: object, signal?: AbortSignal): Promise<LogPage[]> {
  return Promise.all(queries.map((query) => call("GET /logs", { query: { ...query, ...rest } as object }, { signal })));
}
