import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { changeUsage, samplesOf } from "../../src/usage/told";
import { UsageSeries } from "../../src/usage/UsageSeries";

describe("what containers use together", () => {
  it("is the sum of all of them in each step", () => {
    const series = new UsageSeries(5000, 10);
    series.take("a", { at: 1000, cpu: 1, memory: 10 });
    series.take("b", { at: 4000, cpu: 2, memory: 20 });
    series.take("a", { at: 6000, cpu: 5, memory: 11 });
    series.take("b", { at: 9000, cpu: 7, memory: 22 });
    assert.deepEqual(series.points(), [{ at: 0, cpu: 3, memory: 30 }, { at: 5000, cpu: 12, memory: 33 }]);
    assert.deepEqual(series.last, { at: 5000, cpu: 12, memory: 33 });
  });
  it("takes the last sample of one that was not measured in a step, but not for ever", () => {
    const series = new UsageSeries(5000, 20);
    series.take("a", { at: 0, cpu: 1, memory: 10 });
    series.take("b", { at: 0, cpu: 2, memory: 20 });
    series.take("b", { at: 10_000, cpu: 4, memory: 40 });
    series.take("b", { at: 60_000, cpu: 4, memory: 40 });
    assert.deepEqual(series.points().map((point) => point.cpu), [3, 5, 4]);
  });
  it("keeps only so many steps", () => {
    const series = new UsageSeries(1000, 3);
    for (let at = 0; at < 10_000; at += 1000) series.take("a", { at, cpu: at / 1000, memory: 0 });
    assert.deepEqual(series.points().map((point) => point.cpu), [7, 8, 9]);
  });
  it("is nothing before anything was measured", () => {
    assert.equal(new UsageSeries().last, undefined);
    assert.deepEqual(new UsageSeries().points(), []);
  });
});

describe("a message of the stats", () => {
  const record = { at: "2026-11-23T09:00:00.000Z", cpu_percent: 1.5, memory_bytes: 7 };
  const sample = { at: Date.parse(record.at), cpu: 1.5, memory: 7 };
  it("has one sample, or the history", () => {
    assert.deepEqual(samplesOf({ container: "a", sample: record }), { container: "a", samples: [sample] });
    assert.deepEqual(samplesOf({ container: "a", history: [record, record] }), { container: "a", samples: [sample, sample] });
  });
  it("may have none, when a container ended", () => assert.deepEqual(samplesOf({ container: "a", source_ended: null }), { container: "a", samples: [] }));
});

describe("what stacks use", () => {
  const record = (second: number, cpu: number) => ({ at: new Date(second * 1000).toISOString(), cpu_percent: cpu, memory_bytes: 7 });
  const of = (...samples: object[]) => [{ stack: "web", server: "local", samples }];
  const cpus = (known: ReturnType<typeof changeUsage>) => known.get("web@local")?.map((usage) => usage.cpu);
  it("begins with its history, and goes on with samples", () => {
    const known = changeUsage(new Map(), { history: of(record(0, 1), record(15, 2)) });
    assert.deepEqual(cpus(changeUsage(known, { usage: of(record(30, 3)) })), [1, 2, 3]);
    assert.deepEqual(cpus(known), [1, 2]);
  });
  it("is told anew after a lost link", () => {
    const known = changeUsage(new Map(), { history: of(record(0, 1)) });
    assert.deepEqual(cpus(changeUsage(known, { history: of(record(15, 2)) })), [2]);
  });
  it("is of a quarter of an hour", () => {
    let known = changeUsage(new Map(), { history: [] });
    for (let index = 0; index < 100; index += 1) known = changeUsage(known, { usage: of(record(index * 15, index)) });
    assert.deepEqual([cpus(known)?.length, cpus(known)?.[0]], [60, 40]);
  });
});
