import { ofServer, useServerChoice } from "../../app/serverChoice";
import { call } from "../../api/client";
import { everyPage } from "../../api/pages";
import type { Container } from "../../api/schema";
import { useServers } from "../../api/servers";
import { useStacks } from "../../api/stacks";
import { reloadLater, useLive, type Live } from "../../stream/live";
import { sourceTree, type SourceNode } from "./sourceNodes";

interface Containers {
  items: Container[];
  /** Servers that did not answer, or whose containers are not ours to see. */
  missing: string[];
}

export interface Sources {
  tree: SourceNode[];
  missing: string[];
}

/** All whose logs can be chosen, live. */
export function useSources(): Pick<Live<Sources>, "value" | "problem" | "reload"> {
  const stacks = useStacks();
  const servers = useServers();
  const choice = useServerChoice();
  const all = servers.value?.map((server) => server.name) ?? (servers.problem ? [...new Set(stacks.value?.items.map((stack) => stack.server))] : undefined);
  const names = all?.filter((name) => choice === null || name === choice);
  const containers = useLive<Containers>(names ? `log-sources:${names.join(",")}` : null, (signal) => load(names ?? [], signal), (value, event) => {
    const isNews = event.event === "container.removed" || (event.event === "container.changed" && !value.items.some((one) => one.id === event.container));
    return isNews ? reloadLater(value) : value;
  });
  const found = containers.value;
  return {
    value: stacks.value && found && { tree: sourceTree(names ?? [], ofServer(stacks.value.items, choice), found.items), missing: found.missing },
    problem: stacks.problem ?? containers.problem, reload: () => [stacks, servers, containers].forEach((one) => one.reload()),
  };
}

async function load(servers: string[], signal: AbortSignal): Promise<Containers> {
  const missing: string[] = [];
  const lists = await Promise.all(servers.map((server) =>
    everyPage((cursor) => call("GET /servers/{server}/containers", { path: { server }, query: { limit: 200, cursor } }, { signal })).then(({ items }) => items, () => {
      // One server that does not answer hides no other; its stacks can be chosen all the same.
      missing.push(server);
      return [];
    })));
  return { items: lists.flat(), missing };
}
