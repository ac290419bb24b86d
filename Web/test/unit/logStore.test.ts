import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, NO_FILTER, partsOn, type LogFilter } from "../../src/logs/filter";
import { lineOf, markOf, type Line } from "../../src/logs/line";
import { LogStore } from "../../src/logs/LogStore";

const SECOND = 1000;
const START = Date.parse("2026-11-23T05:00:00Z");

function line(text: string, change: Partial<Line> = {}): Omit<Line, "n"> {
  return { ...lineOf({ time: "2026-11-23T05:00:00Z", source: "web-1", service: "web", stream: "stdout", level: "none", text }), ...change };
}

function at(seconds: number): string {
  return new Date(START + seconds * SECOND).toISOString();
}

function filter(store: LogStore, change: Partial<LogFilter>): void {
  const made = compile({ ...NO_FILTER, ...change });
  if ("error" in made) assert.fail(made.error);
  store.setTest(made.test, undefined, made.hit);
}

function texts(store: LogStore): string[] {
  return store.window(0, 1000).map((one) => one.text);
}

describe("hits", () => {
  it("are gone to from one to the next, and back, and end at the ends", () => {
    const store = new LogStore();
    store.add(["a x", "b", "c x", "d", "e x"].map((text) => line(text)));
    filter(store, { text: "x", isMarking: true });
    assert.deepEqual([store.matches, store.hits], [5, 3]);
    assert.deepEqual([store.seek(null, 1), store.seek(0, 1), store.seek(1, 1), store.seek(4, 1)], [0, 2, 2, undefined]);
    assert.deepEqual([store.seek(null, -1), store.seek(4, -1), store.seek(3, -1), store.seek(0, -1)], [4, 2, 2, undefined]);
    assert.deepEqual([store.hitNumber(2), store.hitNumber(3)], [2, 0]);
  });
  it("are all lines that a text leaves, and none when nothing is sought", () => {
    const store = new LogStore();
    store.add([line("a x"), markOf("a gap", ""), line("b")]);
    filter(store, { text: "x" });
    assert.deepEqual([store.matches, store.hits], [2, 1]);
    store.add([line("c x"), line("d")]);
    store.addOlder([line("older x"), line("older")]);
    assert.deepEqual([store.matches, store.hits, store.seek(0, -1)], [4, 3, -2]);
    filter(store, { levels: ["none"] });
    assert.equal(store.hits, 0);
  });
  it("go with their lines", () => {
    const store = new LogStore(20, 5);
    filter(store, { text: "x", isMarking: true });
    for (let number = 0; number < 100; number += 1) store.add([line(number % 2 ? "x" : "y")]);
    assert.equal(store.hits, store.window(0, 100).filter((one) => one.text === "x").length);
    assert.equal(store.indexOf(store.seek(null, 1) ?? -1) >= 0, true);
  });
});

describe("an entry of many lines", () => {
  const entry = (lines: number, source = "web-1") => Array.from({ length: lines }, (_, number) => line(`${source} ${number}`, { source, ...(number > 0 && { isContinued: true }) }));
  it("is folded after twenty lines, and says how many more there are", () => {
    const store = new LogStore();
    store.add([...entry(50), line("next")]);
    assert.equal(store.matches, 21);
    assert.deepEqual(store.window(19, 1)[0]?.fold, { head: 0, more: 30, isOpen: false });
    store.toggleFold(0);
    assert.equal(store.matches, 51);
    assert.deepEqual(store.window(19, 1)[0]?.fold, { head: 0, more: 30, isOpen: true });
    store.toggleFold(0);
    assert.equal(store.matches, 21);
  });
  it("of twenty lines is shown whole", () => {
    const store = new LogStore();
    store.add(entry(20));
    assert.equal(store.matches, 20);
    assert.equal(store.window(19, 1)[0]?.fold, undefined);
  });
  it("is its container's, whatever others write between", () => {
    const store = new LogStore();
    const one = entry(25);
    store.add(one.flatMap((part, number) => [part, line(`other ${number}`, { source: "db-1" })]));
    assert.equal(store.matches, 20 + 25);
  });
  it("hides nothing that is sought", () => {
    const store = new LogStore();
    store.add(entry(50));
    filter(store, { text: "web-1 4" });
    assert.equal(store.matches, 11);
    filter(store, { levels: ["none"] });
    assert.equal(store.matches, 20);
  });
  it("stays folded when old lines go and older ones come", () => {
    const store = new LogStore(40, 5);
    store.add(entry(30));
    store.add(Array.from({ length: 30 }, (_, number) => line(`later ${number}`)));
    assert.ok(texts(store).length <= store.size);
    store.addOlder(entry(25, "db-1"));
    assert.equal(texts(store).filter((text) => text.startsWith("db-1")).length, 20);
  });
});

describe("a gap", () => {
  it("is filled where it is, and goes on from what was loaded", () => {
    const store = new LogStore();
    store.add([line("a", { time: at(0) }), markOf("3 lines not loaded", at(0), { from: at(0) }), line("e", { time: at(4) })]);
    const gap = store.window(1, 1)[0];
    assert.equal(gap?.gap?.to, at(4));
    assert.equal(store.fill(gap?.n ?? 0, [line("b", { time: at(1) }), line("c", { time: at(2) })], { text: "not loaded", from: at(2) }), true);
    assert.deepEqual(texts(store), ["a", "b", "c", "not loaded", "e"]);
    assert.equal(store.fill(gap?.n ?? 0, [line("d", { time: at(3) })], null), true);
    assert.deepEqual(texts(store), ["a", "b", "c", "d", "e"]);
    const numbers = store.window(0, 10).map((one) => one.n);
    assert.deepEqual(numbers, [...numbers].sort((one, other) => one - other));
    assert.deepEqual(numbers.map((n) => store.indexOf(n)), [0, 1, 2, 3, 4]);
  });
  it("takes its place under the filter", () => {
    const store = new LogStore();
    store.add([markOf("not loaded", at(0), { from: at(0) }), line("e x")]);
    filter(store, { text: "x" });
    store.fill(0, [line("b x"), line("c")], null);
    assert.deepEqual([texts(store), store.hits], [["b x", "e x"], 2]);
  });
  it("that is none is not filled", () => {
    const store = new LogStore();
    store.add([line("a")]);
    assert.equal(store.fill(0, [line("b")], null), false);
  });
});

describe("the kept lines", () => {
  it("find the one that was written at a moment, or behind it", () => {
    const store = new LogStore();
    store.add([0, 10, 20].map((seconds) => line(String(seconds), { time: at(seconds) })));
    assert.deepEqual([at(-5), at(10), at(11), at(99)].map((time) => store.lineAt(time)?.text), ["0", "10", "20", "20"]);
  });
  it("count what arrived, not what was loaded or said by us", () => {
    const store = new LogStore(10, 1);
    store.add([...Array.from({ length: 30 }, () => line("a")), line("b", { level: "error" }), markOf("c", "")]);
    store.addOlder([line("d")]);
    assert.deepEqual([store.arrived, store.arrivedErrors], [31, 1]);
  });
  it("say something else in a row of our own", () => {
    const store = new LogStore();
    store.add([markOf("web-1 replaced", ""), line("a")]);
    store.say(0, "web-1 replaced, revision 15");
    store.say(1, "never");
    assert.deepEqual(texts(store), ["web-1 replaced, revision 15", "a"]);
  });
  it("are filtered anew within 150 ms, 100,000 of them", () => {
    const store = new LogStore();
    store.add(Array.from({ length: 100_000 }, (_, number) => line(`2026-11-23 INFO request ${number} of 10.0.0.${number % 250} took ${number % 700} ms`)));
    const took = ["took 42 ms", "/10\\.0\\.0\\.(1|2)\\d /", "request 9"].map((text) => {
      const begin = performance.now();
      filter(store, { text });
      return performance.now() - begin;
    });
    // The median: other work on the machine is none of the filter's.
    assert.ok((took.sort((one, other) => one - other)[1] ?? 0) < 150, took.join(" "));
  });
});

describe("a filter", () => {
  it("counts its parts that hide lines", () => {
    assert.equal(partsOn(NO_FILTER), 0);
    assert.equal(partsOn({ ...NO_FILTER, text: "a", levels: ["error"], stream: "stderr" }), 3);
    assert.equal(partsOn({ ...NO_FILTER, text: "a", isMarking: true }), 0);
  });
});
