import { useEffect, useRef, useSyncExternalStore } from "react";
import type { FromWorker, Link, Subscription, ToWorker, Told } from "./messages";

/** The page's side of the worker: it starts with the first who asks. */
let worker: Worker | undefined;
let link: Link = { state: "connecting", since: Date.now() };
let lastPort = 0;
const linkListeners = new Set<() => void>();
const askers = new Map<number, (message: { told?: Told; message?: unknown }) => void>();

function theWorker(): Worker {
  if (worker) return worker;
  const address = document.querySelector<HTMLMetaElement>('meta[name="slipway-worker"]')?.content ?? "";
  worker = new Worker(address, { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ("link" in data) {
      link = data.link;
      for (const listener of linkListeners) listener();
    } else {
      askers.get(data.port)?.(data);
    }
  };
  window.addEventListener("online", () => send({ do: "network", online: true }));
  window.addEventListener("offline", () => send({ do: "network", online: false }));
  return worker;
}

function send(message: ToWorker, moved: Transferable[] = []): void {
  theWorker().postMessage(message, moved);
}

/** Opens the socket; again after a login, and at once when somebody does not want to wait for the next try. */
export function connect(): void {
  if (!navigator.onLine) send({ do: "network", online: false });
  send({ do: "retry" });
}

/** Closes it until `connect`: nobody is logged in. */
export function disconnect(): void {
  if (worker) send({ do: "suspend" });
}

/** Subscribes until the returned function is called. Links that are lost are none of the caller's business. */
export function subscribe(subscription: Subscription, take: (told: Told) => void): () => void {
  const port = ++lastPort;
  askers.set(port, ({ told }) => told && take(told));
  send({ do: "subscribe", port, subscription });
  return () => {
    if (askers.delete(port)) send({ do: "unsubscribe", port });
  };
}

export interface FeaturePort {
  post(message: unknown, moved?: Transferable[]): void;
  close(): void;
}

/** Opens an instance of a feature in the worker (stream/features.ts). */
export function openFeature(feature: string, take: (message: unknown) => void): FeaturePort {
  const port = ++lastPort;
  askers.set(port, ({ message }) => take(message));
  send({ do: "open", port, feature });
  return {
    post: (message, moved) => send({ do: "post", port, message }, moved),
    close: () => {
      if (askers.delete(port)) send({ do: "close", port });
    },
  };
}

export function currentLink(): Link {
  return link;
}

export function onLink(listener: () => void): () => void {
  linkListeners.add(listener);
  return () => linkListeners.delete(listener);
}

/** How the socket is, now and whenever it changes. */
export function useLink(): Link {
  return useSyncExternalStore(onLink, currentLink, currentLink);
}

/** A subscription for as long as the component is there and the subscription the same; null: none. */
export function useSubscription(subscription: Subscription | null, take: (told: Told) => void): void {
  const latest = useRef(take);
  latest.current = take;
  const key = subscription && JSON.stringify(subscription);
  useEffect(() => {
    if (!key) return;
    return subscribe(JSON.parse(key) as Subscription, (told) => latest.current(told));
  }, [key]);
}
