import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { asProblem, isAbort } from "../api/problem";
import type { Problem } from "../api/schema";
import type { LiveEvent, Told } from "./messages";
import { currentLink, onLink, subscribe } from "./stream";

/** What an event makes of a loaded value: a new value, the same (nothing changed), `"reload"`, or `reloadLater(value)`. */
export type Reduce<T> = (value: T, event: LiveEvent) => T | "reload" | Later<T>;

/** A value to show now that is loaded again when the engine has settled. */
export class Later<T> {
  constructor(readonly value: T) {}
}

/** The engine tells that a container has ended before its own lists say so (`die` comes first): asked at once, it answers with the old state. */
export function reloadLater<T>(value: T): Later<T> {
  return new Later(value);
}

/** A value of the server, loaded once and then kept true by events. */
export interface Live<T> {
  value: T | undefined;
  problem: Problem | undefined;
  isLoading: boolean;
  /** When the value was last known to be true, milliseconds of 1970. */
  asOf: number;
  reload: () => void;
}

interface Resource {
  state: Live<unknown>;
  load: (signal: AbortSignal) => Promise<unknown>;
  reduce: Reduce<unknown> | undefined;
  listeners: Set<() => void>;
  running: AbortController | undefined;
  /** Events that came while it was loading: the answer may be from before them. */
  isOutdated: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  settling: ReturnType<typeof setTimeout> | undefined;
  lastLoad: number;
}

/** Reloads of one value are at least so far apart: many events in a row are one reload. */
const RELOAD_PAUSE = 400;
/** So long after its event the engine's lists are right; dockerd cleans the container's network up in between. */
const SETTLED_AFTER = 1500;
/** Values that nobody shows are kept for so many keys, so that going back shows something at once. */
const KEPT = 40;

const resources = new Map<string, Resource>();
const eventListeners = new Set<(event: LiveEvent) => void>();
let stopEvents: (() => void) | undefined;
let restart: ReturnType<typeof setTimeout> | undefined;

/** Begins with the events of the whole tab; called by the shell when somebody is logged in. */
export function startEvents(): void {
  if (stopEvents) return;
  const end = subscribe({ kind: "events" }, (told) => take(told));
  const stopLink = onLink(() => {
    for (const resource of resources.values()) {
      if (currentLink().state !== "live") publish(resource, { asOf: resource.state.asOf });
    }
  });
  stopEvents = () => {
    end();
    stopLink();
  };
}

/** Ends them and forgets everything: another user may come. */
export function stopAllEvents(): void {
  clearTimeout(restart);
  stopEvents?.();
  stopEvents = undefined;
  for (const resource of resources.values()) {
    resource.running?.abort();
    clearTimeout(resource.timer);
    clearTimeout(resource.settling);
  }
  resources.clear();
}

function take(told: Told): void {
  if (told.error) {
    // The rights or the place were refused: begin again without a place, and with all that may have been missed.
    stopEvents?.();
    stopEvents = undefined;
    restart = setTimeout(() => {
      startEvents();
      reloadAll();
    }, 2000);
    return;
  }
  if (told.reset || told.missed) {
    reloadAll();
    // For those who live on events alone.
    for (const listener of eventListeners) listener({ sequence: 0, at: "", event: "reset" });
  }
  for (const event of (told.events ?? []) as LiveEvent[]) {
    for (const listener of eventListeners) listener(event);
    for (const resource of resources.values()) apply(resource, event);
  }
}

function apply(resource: Resource, event: LiveEvent): void {
  if (!resource.reduce) return;
  if (resource.running) resource.isOutdated = true;
  if (resource.state.value === undefined) return;
  const next = resource.reduce(resource.state.value, event);
  if (next instanceof Later) {
    if (next.value !== resource.state.value) publish(resource, { value: next.value });
    settle(resource);
  } else if (next === "reload") schedule(resource);
  else if (next !== resource.state.value) publish(resource, { value: next });
}

function reloadAll(): void {
  for (const [key, resource] of resources) {
    if (resource.listeners.size === 0) resources.delete(key);
    else schedule(resource);
  }
}

/** Loads again what fits, as after a change of our own that no event tells of. */
export function invalidate(fits: (key: string) => boolean): void {
  for (const [key, resource] of resources) if (fits(key)) schedule(resource);
}

function settle(resource: Resource): void {
  clearTimeout(resource.settling);
  resource.settling = setTimeout(() => schedule(resource), SETTLED_AFTER);
}

function schedule(resource: Resource): void {
  if (resource.timer) return;
  const pause = Math.max(30, resource.lastLoad + RELOAD_PAUSE - Date.now());
  resource.timer = setTimeout(() => {
    resource.timer = undefined;
    // Broken off again and again, a slow load would never end; behind its end it is done once more.
    if (resource.running) resource.isOutdated = true;
    else if (resource.listeners.size > 0) void refresh(resource);
    else resource.lastLoad = 0;
  }, pause);
}

async function refresh(resource: Resource): Promise<void> {
  resource.running?.abort();
  const running = new AbortController();
  resource.running = running;
  resource.isOutdated = false;
  resource.lastLoad = Date.now();
  publish(resource, { isLoading: true });
  try {
    const value = await resource.load(running.signal);
    if (resource.running !== running) return;
    resource.running = undefined;
    publish(resource, { value, problem: undefined, isLoading: false, asOf: Date.now() });
    if (resource.isOutdated) schedule(resource);
  } catch (error) {
    if (resource.running !== running) return;
    resource.running = undefined;
    if (isAbort(error)) return;
    const problem = asProblem(error);
    // Gone, or not ours to see any more: what was there is not shown on.
    publish(resource, problem.status === 403 || problem.status === 404 ? { value: undefined, problem, isLoading: false } : { problem, isLoading: false });
    if (resource.isOutdated) schedule(resource);
  }
}

function publish(resource: Resource, change: Partial<Live<unknown>>): void {
  resource.state = { ...resource.state, ...change };
  for (const listener of resource.listeners) listener();
}

function resourceOf(key: string, load: Resource["load"], reduce: Resource["reduce"]): Resource {
  let resource = resources.get(key);
  if (!resource) {
    const made: Resource = {
      state: { value: undefined, problem: undefined, isLoading: true, asOf: 0, reload: () => void refresh(made) },
      load, reduce, listeners: new Set(), running: undefined, isOutdated: false, timer: undefined, settling: undefined, lastLoad: 0,
    };
    resource = made;
    resources.set(key, made);
    forgetOldest();
  }
  resource.load = load;
  resource.reduce = reduce;
  return resource;
}

function forgetOldest(): void {
  for (const [key, resource] of resources) {
    if (resources.size <= KEPT) return;
    if (resource.listeners.size === 0) resources.delete(key);
  }
}

/**
 * A value of the server under a key: loaded by `load`, changed by events through `reduce`.
 *
 * Components with the same key share it. A null key loads nothing.
 */
export function useLive<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>, reduce?: Reduce<T>): Live<T> {
  const resource = key === null ? undefined : resourceOf(key, load, reduce as Resource["reduce"]);
  const listen = useCallback(
    (listener: () => void) => {
      if (!resource) return () => undefined;
      resource.listeners.add(listener);
      if (resources.get(key ?? "") !== resource && key !== null) resources.set(key, resource);
      if (!resource.running) void refresh(resource);
      return () => {
        resource.listeners.delete(listener);
        if (resource.listeners.size > 0) return;
        resource.running?.abort();
        resource.running = undefined;
        clearTimeout(resource.timer);
        clearTimeout(resource.settling);
        resource.timer = undefined;
      };
    },
    [key, resource],
  );
  return useSyncExternalStore(listen, () => (resource ? resource.state : NOTHING)) as Live<T>;
}

const NOTHING: Live<unknown> = { value: undefined, problem: undefined, isLoading: false, asOf: 0, reload: () => undefined };

/** Calls `take` for each event while the component is there. */
export function useEvents(take: (event: LiveEvent) => void): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const listener = (event: LiveEvent) => latest.current(event);
    eventListeners.add(listener);
    return () => {
      eventListeners.delete(listener);
    };
  }, []);
}
