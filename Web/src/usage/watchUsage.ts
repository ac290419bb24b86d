import { subscribe } from "../stream/stream";
import { samplesOf } from "./told";
import { UsageSeries } from "./UsageSeries";

/** The engine is asked about each of them all the time: no more than so many at once. */
const CONTAINERS_AT_ONCE = 50;
const STACKS_AT_ONCE = 20;
/** So often what came is drawn. */
const DRAWN_EVERY = 2000;

interface Watched {
  series: UsageSeries;
  containers: number;
  listeners: Set<() => void>;
  isDirty: boolean;
  end: (() => void) | undefined;
}

/** Also of stacks that are not shown just now: who comes back sees what was measured before. */
const known = new Map<string, Watched>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Measures a stack while it is watched, unless too many are already; stops with the returned function. */
export function watchUsage(stack: string, containers: number, listener: () => void): () => void {
  const watched = known.get(stack) ?? { series: new UsageSeries(), containers, listeners: new Set(), isDirty: false, end: undefined };
  known.set(stack, watched);
  watched.containers = containers;
  watched.listeners.add(listener);
  settle();
  return () => {
    watched.listeners.delete(listener);
    settle();
  };
}

export function usageOf(stack: string): UsageSeries | undefined {
  return known.get(stack)?.series;
}

/** Begins and ends subscriptions, so that those run that are wanted and may. */
function settle(): void {
  let stacks = 0;
  let containers = 0;
  for (const [stack, watched] of known) {
    const isWanted = watched.listeners.size > 0 && !document.hidden && stacks < STACKS_AT_ONCE && containers + watched.containers <= CONTAINERS_AT_ONCE;
    if (isWanted) {
      stacks += 1;
      containers += watched.containers;
      watched.end ??= begin(stack, watched);
    } else {
      watched.end?.();
      watched.end = undefined;
    }
  }
  if (stacks > 0) timer ??= setInterval(draw, DRAWN_EVERY);
  else {
    clearInterval(timer);
    timer = undefined;
  }
}

function begin(stack: string, watched: Watched): () => void {
  const [name, server] = stack.split("@");
  return subscribe({ kind: "stats", targets: [{ stack: name, server }], history: false }, (told) => {
    const { container, samples } = samplesOf(told);
    for (const sample of samples) watched.series.take(container, sample);
    watched.isDirty ||= samples.length > 0;
  });
}

function draw(): void {
  for (const watched of known.values()) {
    if (!watched.isDirty) continue;
    watched.isDirty = false;
    for (const listener of watched.listeners) listener();
  }
}

if (typeof document !== "undefined") document.addEventListener("visibilitychange", settle);
