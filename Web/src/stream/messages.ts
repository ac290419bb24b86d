import type { Problem } from "../api/schema";

/** How the one socket of the tab is. */
export interface Link {
  state: "connecting" | "live" | "reconnecting" | "offline" | "ended";
  /** Since when, milliseconds of 1970. */
  since: number;
}

/** What changes on the server, as the socket tells it (docs/api.md). */
export interface LiveEvent {
  sequence: number;
  at: string;
  event: string;
  server?: string;
  stack?: string;
  [field: string]: unknown;
}

export interface Target {
  stack?: string;
  server?: string;
  service?: string;
  container?: string;
}

/** What may be subscribed to. */
export type Subscription =
  | { kind: "events"; server?: string; stack?: string; after?: string }
  | { kind: "operation"; operation: string; after?: number }
  | { kind: "stats"; targets: Target[]; history?: boolean }
  | { kind: "usage" }
  | { kind: "container_events"; stack: string; since?: string; until?: string; after?: number }
  | { kind: "logs"; targets: Target[]; tail?: number; since?: string; until?: string; follow?: boolean; begin?: boolean; cursor?: string; filter?: object | null; credit?: number };

/** One message of the server about a subscription, without its number. */
export interface Told {
  events?: unknown[];
  cursor?: string | number;
  missed?: number;
  reset?: boolean;
  ended?: boolean;
  state?: string;
  revision?: number | null;
  error?: Pick<Problem, "code" | "status" | "detail" | "remedy">;
  [field: string]: unknown;
}

/** From the page to the worker. `port` names one asker of the page. */
export type ToWorker =
  | { do: "subscribe"; port: number; subscription: Subscription }
  | { do: "unsubscribe"; port: number }
  | { do: "open"; port: number; feature: string }
  | { do: "post"; port: number; message: unknown }
  | { do: "close"; port: number }
  | { do: "network"; online: boolean }
  | { do: "retry" }
  | { do: "suspend" };

/** From the worker to the page. */
export type FromWorker =
  | { link: Link }
  | { port: number; told: Told }
  | { port: number; message: unknown };
