import { useLive, type Live } from "../stream/live";
import type { LiveEvent } from "../stream/messages";
import { call } from "./client";
import { everyPage } from "./pages";
import type { Server } from "./schema";

/** All servers, with their links as they change. */
export function useServers(): Live<Server[]> {
  return useLive(
    "servers",
    async (signal) => (await everyPage((cursor) => call("GET /servers", { query: { limit: 200, cursor } }, { signal }))).items,
    changeServers,
  );
}

/** Servers as an event changes them. */
export function changeServers(servers: Server[], event: LiveEvent): Server[] | "reload" {
  if (!event.event.startsWith("server.")) return servers;
  const known = servers.find((server) => server.name === event.server);
  if (event.event !== "server.link" || !known || event.link === "up") return "reload";
  const changed: Server = { ...known, link: event.link as Server["link"], reason: (event.reason as string | undefined) ?? null, seen_at: known.link === "up" ? event.at : known.seen_at };
  return servers.map((server) => (server === known ? changed : server));
}
