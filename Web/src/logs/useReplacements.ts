import { useEffect } from "react";
import { call } from "../api/client";
import type { FromLogs, ToLogs } from "./messages";

/** Adds to the row of a container that took another's place which revision it is of. */
export function useReplacements({ replacements }: FromLogs, send: (message: ToLogs) => void): void {
  useEffect(() => {
    for (const { n, source, server } of replacements) {
      call("GET /servers/{server}/containers/{container}", { path: { server: server || "local", container: source } }).then(
        ({ revision }) => {
          if (revision) send({ do: "say", n, text: `${source} replaced, revision ${revision}` });
        },
        // Gone again, or not ours to see: that it was replaced is said already.
        () => undefined,
      );
    }
  }, [replacements, send]);
}
