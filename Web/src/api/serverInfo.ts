import { useLive, type Live } from "../stream/live";
import { call } from "./client";
import type { ServerInfo } from "./schema";

/** Processors, memory and disks of a server, as its engine tells them now; null: nobody asks. */
export function useServerInfo(server: string | null): Live<ServerInfo> {
  return useLive(
    server === null ? null : `server:${server}:machine`, (signal) => call("GET /servers/{server}/info", { path: { server: server ?? "" } }, { signal }),
    (value, event) => (event.event === "server.link" && event.server === server ? "reload" : value),
  );
}
