import { logs } from "../logs/feature";
import type { Connection } from "./connection";

/** A part of the page that works in the worker: it gets the connection and a way to answer, and gives what takes the page's messages. */
export interface Feature {
  (connection: Connection, reply: (message: unknown, moved?: Transferable[]) => void): FeatureInstance;
}

export interface FeatureInstance {
  take(message: unknown): void;
  close(): void;
}

/** By the name that the page opens it with. */
export const features: Record<string, Feature> = { logs };
