/** What something used at one moment. */
export interface Usage {
  /** Milliseconds of 1970. */
  at: number;
  /** Of one processor, in hundredths. */
  cpu: number;
  memory: number;
}

/** So long a container's last sample stands for it: the server looks at each every 15 s. */
const STANDS_FOR = 30_000;

/** What some containers use together, in steps of equal length. */
export class UsageSeries {
  /** By container: the last sample of each step, by the step's beginning. */
  private readonly samples = new Map<string, Map<number, Usage>>();

  constructor(private readonly step = 5000, private readonly kept = 60) {}

  take(container: string, sample: Usage): void {
    let own = this.samples.get(container);
    if (!own) this.samples.set(container, (own = new Map()));
    const begin = this.begin(sample.at);
    own.set(begin, sample);
    const oldest = begin - this.step * this.kept;
    for (const at of own.keys()) if (at < oldest) own.delete(at);
  }

  /** The sum for each step that has been measured, the oldest first. */
  points(): Usage[] {
    const begins = new Set<number>();
    for (const own of this.samples.values()) for (const at of own.keys()) begins.add(at);
    const sorted = [...begins].sort((one, other) => one - other).slice(-this.kept);
    return sorted.map((at) => this.sum(at));
  }

  /** The newest sum; nothing when nothing was measured. */
  get last(): Usage | undefined {
    let newest = -1;
    for (const own of this.samples.values()) for (const at of own.keys()) newest = Math.max(newest, at);
    return newest < 0 ? undefined : this.sum(newest);
  }

  private sum(begin: number): Usage {
    const total = { at: begin, cpu: 0, memory: 0 };
    for (const own of this.samples.values()) {
      const sample = this.standing(own, begin);
      total.cpu += sample?.cpu ?? 0;
      total.memory += sample?.memory ?? 0;
    }
    return total;
  }

  /** A container's sample of a step, or the one before that still stands for it. */
  private standing(own: Map<number, Usage>, begin: number): Usage | undefined {
    for (let at = begin; at > begin - STANDS_FOR; at -= this.step) {
      const sample = own.get(at);
      if (sample) return sample;
    }
    return undefined;
  }

  private begin(at: number): number {
    return Math.floor(at / this.step) * this.step;
  }
}
