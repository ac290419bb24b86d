import { call } from "./client";
import { everyPage } from "./pages";

/** Names with tags of the images that are on a server; none where they cannot be asked for. */
export async function imageNames(server: string): Promise<string[]> {
  try {
    const { items } = await everyPage((cursor) => call("GET /servers/{server}/images", { path: { server }, query: { limit: 200, cursor } }, { plain: true }));
    return [...new Set(items.flatMap((image) => image.tags))].sort();
  } catch {
    return [];
  }
}
