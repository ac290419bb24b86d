import { reloadLater, useLive, type Live } from "../stream/live";
import { call } from "./client";
import type { ContainerDetail } from "./schema";

/** One container by its id, live. */
export function useContainer(server: string, container: string): Live<ContainerDetail> {
  return useLive<ContainerDetail>(
    `container:${server}:${container}`,
    (signal) => call("GET /servers/{server}/containers/{container}", { path: { server, container } }, { signal }),
    (value, event) => {
      if (event.container !== value.container.id) return value;
      if (event.event === "container.resources") return "reload";
      if (event.event !== "container.changed") return reloadLater(value);
      const changed = { ...value.container, status: String(event.status), health: (event.health as string | null) ?? null };
      return reloadLater({ ...value, container: changed });
    },
  );
}
