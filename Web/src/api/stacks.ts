import { reloadLater, useLive, type Later, type Live } from "../stream/live";
import type { LiveEvent } from "../stream/messages";
import { call } from "./client";
import { everyPage } from "./pages";
import type { Container, Service, Stack } from "./schema";

export interface StackList {
  items: Stack[];
  /** There are more than were loaded. */
  more: boolean;
}

/** Whether an event tells of a stack; `stack` as NAME@SERVER or NAME. */
export function isOfStack(event: LiveEvent, stack: string): boolean {
  const [name, server] = stack.split("@");
  return event.stack === name && (!server || event.server === server);
}

/** All stacks, live. */
export function useStacks(): Live<StackList> {
  return useLive("stacks", (signal) => everyPage((cursor) => call("GET /stacks", { query: { limit: 200, cursor } }, { signal })), changeStacks);
}

/** The list as an event changes it: a status at once, counts by loading again. */
export function changeStacks(list: StackList, event: LiveEvent): StackList | "reload" {
  switch (event.event) {
    case "stack.status": {
      const known = list.items.find((stack) => stack.name === event.stack && stack.server === event.server);
      return known && known.status === event.status ? list : "reload";
    }
    case "stack.drift": {
      const drifted = event.drifted === true;
      return { ...list, items: list.items.map((stack) => (isOfStack(event, stack.id) ? { ...stack, drifted } : stack)) };
    }
    case "container.changed":
    case "container.removed":
    case "operation.changed":
    case "stack.files":
      return event.stack ? "reload" : list;
    case "server.link":
    case "server.removed":
    case "server.changed":
      return "reload";
    default:
      return list;
  }
}

/** One stack, live. */
export function useStack(stack: string): Live<Stack> {
  return useLive(
    `stack:${stack}`,
    (signal) => call("GET /stacks/{stack}", { path: { stack } }, { signal }),
    (value, event) => {
      if (event.event === "server.link") return event.server === value.server ? "reload" : value;
      if (!isOfStack(event, value.id)) return value;
      return event.event === "operation.progress" ? value : "reload";
    },
  );
}

/** Its services with their containers, live. */
export function useServices(stack: string): Live<Service[]> {
  return useLive(
    `stack:${stack}:services`,
    async (signal) => (await call("GET /stacks/{stack}/services", { path: { stack } }, { signal })).items,
    (value, event) => changeServices(value, event, stack),
  );
}

/** Services as an event changes them: the new status at once, the engine's own words for it a little later. */
export function changeServices(services: Service[], event: LiveEvent, stack: string): Service[] | "reload" | Later<Service[]> {
  if (!isOfStack(event, stack)) return services;
  switch (event.event) {
    case "stack.files":
      return "reload";
    case "operation.changed":
      return event.state === "done" || event.state === "failed" ? reloadLater(services) : services;
    case "container.removed":
      return reloadLater(services.map((service) => ({ ...service, containers: service.containers.filter((one) => one.id !== event.container) })));
    case "container.changed":
      if (!services.some((service) => service.containers.some((one) => one.id === event.container))) return "reload";
      return reloadLater(services.map((service) => ({ ...service, containers: service.containers.map((one) => changed(one, event)) })));
    default:
      return services;
  }
}

function changed(container: Container, event: LiveEvent): Container {
  if (container.id !== event.container) return container;
  const status = String(event.status);
  return {
    ...container, status, health: (event.health as string | null | undefined) ?? null,
    // "Up 3 minutes" is no longer true of one that has ended.
    text: status === container.status ? container.text : "",
  };
}
