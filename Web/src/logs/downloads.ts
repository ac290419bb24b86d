import { addressOf } from "../api/client";
import type { Target } from "../stream/messages";
import { NO_FILTER, queryOf, type LogFilter } from "./filter";
import { queriesOf, type SourceQuery } from "./queries";

/** What somebody wants as a file. */
export interface DownloadWish {
  /** Only what fits the filter. */
  isFiltered: boolean;
  span: "all" | "lines" | "last" | "range";
  /** Of each container. */
  lines: number;
  /** 90s, 15m, 2h, 7d. */
  last: string;
  since: string | null;
  until: string | null;
  form: "text" | "times" | "jsonl";
}

export interface Download {
  /** What it is of, where there are several. */
  name: string;
  url: string;
}

/** The files that have it: one for each call that is needed to name all sources. */
export function downloadsOf(targets: Target[], filter: LogFilter, wish: DownloadWish): Download[] {
  const wanted = wish.isFiltered ? filter : NO_FILTER;
  const span = wish.span === "lines" ? { tail: wish.lines } : wish.span === "last" ? { last: wish.last } : wish.span === "range" ? { since: wish.since, until: wish.until } : {};
  const form = wish.form === "jsonl" ? { format: "jsonl" } : { timestamps: wish.form === "times" || undefined };
  return queriesOf(targets, wanted.services).map((query) => ({
    name: nameOf(query), url: addressOf("GET /logs/download", { query: { ...query, ...queryOf(wanted), ...span, ...form } }).url,
  }));
}

function nameOf({ server, stack = [], service = [], container = [] }: SourceQuery): string {
  return [...(container.length > 0 ? container : stack), ...service].join(", ") || server || "all";
}
