import { useLive, type Live } from "../stream/live";
import { call } from "./client";
import { everyPage } from "./pages";
import type { Template } from "./schema";

/** All templates of the server. */
export function useTemplates(): Live<Template[]> {
  return useLive("templates", async (signal) => (await everyPage((cursor) => call("GET /templates", { query: { limit: 200, cursor } }, { signal }))).items);
}
