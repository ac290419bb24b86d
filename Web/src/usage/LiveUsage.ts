import type { Told } from "../stream/messages";
import { samplesOf } from "./told";
import { UsageSeries, type Usage } from "./UsageSeries";

/** The last quarter of an hour, each 5 s. */
const STEP = 5000;
const STEPS = 180;

/** What the containers of one stack use: each for itself just now, and all together over time. */
export class LiveUsage {
  readonly series = new UsageSeries(STEP, STEPS);
  readonly now = new Map<string, Usage>();

  /** Whether there is anything new to draw. */
  take(told: Told): boolean {
    const { container, samples } = samplesOf(told);
    if ("source_ended" in told) return this.now.delete(container);
    for (const sample of samples) this.series.take(container, sample);
    const last = samples[samples.length - 1];
    if (last) this.now.set(container, last);
    return Boolean(last);
  }
}
