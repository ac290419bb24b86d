import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { plainText, spansOf } from "../../src/logs/ansi";
import { compile, NO_FILTER, queryOf, type LogFilter } from "../../src/logs/filter";
import { fieldsOf, fieldsTest, fieldTest } from "../../src/logs/fieldTest";
import { degreeOf, isSlow, patientTest } from "../../src/logs/slowPattern";
import { jsonLine } from "../../src/logs/jsonLine";
import { lineOf, markOf, type Line } from "../../src/logs/line";
import { LogStore } from "../../src/logs/LogStore";

function line(text: string, change: Partial<Line> = {}): Omit<Line, "n"> {
  return { ...lineOf({ time: "2026-11-23T05:00:00Z", source: "web-1", service: "web", stream: "stdout", level: "none", text }), ...change };
}

function testOf(filter: Partial<LogFilter>) {
  const made = compile({ ...NO_FILTER, ...filter });
  return "error" in made ? assert.fail(made.error) : made.test;
}

describe("the kept lines", () => {
  it("are bounded, and the oldest go first", () => {
    const store = new LogStore(100, 10);
    for (let number = 0; number < 250; number += 1) store.add([line(`line ${number}`)]);
    assert.ok(store.size <= 110);
    assert.equal(store.size + store.dropped, 250);
    assert.equal(store.droppedShown, store.dropped);
    assert.equal(store.window(store.size - 1, 1)[0]?.text, "line 249");
    assert.equal(store.levels.get("none"), store.size);
  });
  it("are filtered at once and as they come, and stay so when old ones go", () => {
    const store = new LogStore(100, 10);
    for (let number = 0; number < 60; number += 1) store.add([line(`line ${number}`)]);
    store.setTest(testOf({ text: "/[05]$/" }));
    assert.equal(store.matches, 12);
    for (let number = 60; number < 300; number += 1) store.add([line(`line ${number}`)]);
    assert.ok(store.window(0, 1000).every((one) => /[05]$/.test(one.text) && one.n >= store.dropped));
    store.setTest(null);
    assert.equal(store.matches, store.size);
  });
  it("take older ones before the first, and find a line by its number", () => {
    const store = new LogStore();
    store.add([line("c")]);
    store.addOlder([line("a"), line("b")]);
    assert.deepEqual(store.window(0, 3).map((one) => [one.n, one.text]), [[-2, "a"], [-1, "b"], [0, "c"]]);
    assert.equal(store.indexOf(-1), 1);
    assert.equal(store.indexOf(7), -1);
  });
  it("that were sought for a filter go with it, and move what is looked at", () => {
    const store = new LogStore();
    store.add([line("c x"), line("d")]);
    store.setTest(testOf({ text: "x" }));
    store.addOlder([line("a x"), line("b x")]);
    assert.deepEqual([store.matches, store.droppedShown], [3, -2]);
    store.forgetOlder();
    assert.deepEqual([store.matches, store.size, store.droppedShown, store.dropped], [1, 2, 0, 0]);
  });
  it("know the oldest that a container wrote", () => {
    const store = new LogStore();
    store.add([markOf("a gap", "2030-01-01T00:00:00Z"), line("a")]);
    assert.equal(store.oldest?.text, "a");
  });
  it("keep the last filter when a new one takes too long", () => {
    const store = new LogStore();
    store.add([line("a"), line("b")]);
    let time = 0;
    assert.equal(store.setTest(() => true, () => (time += 3000)), false);
    assert.equal(store.matches, 2);
  });
  it("filter 100,000", () => {
    const store = new LogStore();
    store.add(Array.from({ length: 100_000 }, (_, number) => line(`request ${number} took ${number % 700} ms`)));
    const test = testOf({ text: "took 42 ms", exclude: "99" });
    assert.equal(store.setTest(test), true);
    assert.ok(store.matches > 100 && store.matches < 143, `${store.matches}`);
  });
});

describe("a filter", () => {
  it("takes words as they are, and expressions between slashes", () => {
    assert.equal(testOf({ text: "a.b" })?.({ ...line("axb"), n: 0 }), false);
    assert.equal(testOf({ text: "/a.b/" })?.({ ...line("AXB"), n: 0 }), true);
    assert.equal(testOf({ text: "/a.b/", isCaseSensitive: true })?.({ ...line("AXB"), n: 0 }), false);
    assert.equal(testOf({ exclude: "health" })?.({ ...line("GET /health"), n: 0 }), false);
    assert.equal(testOf({}), null);
  });
  it("tells what is wrong with an expression", () => assert.ok("error" in compile({ ...NO_FILTER, text: "/(/" })));
  it("leaves rows of our own alone", () => assert.equal(testOf({ text: "x" })?.({ ...markOf("a gap", ""), n: 0 }), true));
  it("is given to the server in its words", () => {
    const words = { text: undefined, regex: "a+", exclude: undefined, case: undefined, level: ["error"], stream: undefined, field: ["code>6", "user:anna"] };
    assert.deepEqual(queryOf({ ...NO_FILTER, text: "/a+/", levels: ["error"], field: "code>6 user:anna" }), words);
    assert.equal(queryOf({ ...NO_FILTER, text: "a", isMarking: true }).text, undefined);
  });
});

describe("an expression", () => {
  it("is refused when one line could hold it up for ever", () => {
    for (const source of ["(a+)+$", "(a|a)*b", "((ab*)c)+", "(x{2,})*", "(\\s|\\w)+"]) assert.ok(isSlow(source), source);
    for (const source of ["it br.ke", "(error|warn): .*", "[(a+)+]", "\\(a+\\)+", "(ab)+", "a+b*c{2,3}", "(a+)?"]) assert.ok(!isSlow(source), source);
    assert.ok("error" in compile({ ...NO_FILTER, exclude: "/(a+)+$/" }));
    assert.ok("error" in compile({ ...NO_FILTER, text: "/a*a*a*a*a*b/" }));
  });
  it("is as slow as it has repetitions that can take from each other", () => {
    for (const [source, degree] of [["it br.ke", 1], ["error.*", 2], ["[0-9]+\\.[0-9]+\\.[0-9]+", 2], ["\\d{1,}:\\d{1,}", 2], ["\"[^\"]*\" [^ ]* x", 2], [".*a.*b", 3], ["a*a*a*b", 4], ["(x)*(y)*", 3], ["a*b?a*", 3]] as const) {
      assert.equal(degreeOf(source), degree, source);
    }
  });
  it("holds nobody up on a line that was made for it", () => {
    const long = `${"a".repeat(8000)}!`;
    for (const source of [".*a.*b", ".*a.*b.*c", "a*a*a*b", "a*a*a*a*b"]) {
      const begin = performance.now();
      assert.equal(patientTest(new RegExp(source))(long), false);
      assert.ok(performance.now() - begin < 1500, source);
    }
    // What is no attack is looked at whole.
    assert.ok(patientTest(/begin.*to.*end$/)(`begin ${"of this and ".repeat(200)}to the end`));
  });
  it("is taken off when new lines take it too long", () => {
    const store = new LogStore();
    let time = 0;
    store.setTest(() => true);
    assert.equal(store.add([line("a"), line("b")], () => (time += 3000)), false);
    assert.equal(store.add([line("c")], () => (time += 3000)), true);
  });
});

describe("a field of JSON lines", () => {
  const has = (field: string, text: string) => fieldTest(field)(text);
  it("is compared as text or as a number", () => {
    const text = '{"status":503,"user":{"name":"Anna"},"a.b":1}';
    assert.ok(has("status:503", text) && has("status > 499", text) && has("status>=503", text) && has("status<=503", text));
    assert.ok(!has("status<500", text) && !has("status:5", text) && !has("missing>0", text));
    assert.ok(has("user.name:anna", text) && has("a.b:1", text));
    assert.ok(!has("status:503", "status 503") && !has("toString:x", "{}"));
  });
  it("may stand beside others, and have blanks in quotes", () => {
    assert.deepEqual(fieldsOf('status > 499 user.name:"Anna of a:b" msg:not found'), ["status > 499", "user.name:Anna of a:b", "msg:not found"]);
    assert.ok(fieldsTest("a:1 b>2")('{"a":1,"b":3}') && !fieldsTest("a:1 b>2")('{"a":1,"b":2}'));
  });
  it("tells what is wrong with it", () => {
    assert.ok("error" in compile({ ...NO_FILTER, field: "status" }));
    assert.ok("error" in compile({ ...NO_FILTER, field: "status>many" }));
  });
});

describe("escapes", () => {
  it("that overwrite a line leave only its last state to the search", () => {
    assert.equal(testOf({ text: "10 %" })?.({ ...line("10 %\r100 %\r"), n: 0 }), false);
    assert.equal(testOf({ text: "100 %" })?.({ ...line("10 %\r100 %\r"), n: 0 }), true);
  });
  it("do not hide a word from the search", () => assert.equal(testOf({ text: "error" })?.({ ...line("er\u001b[31mror"), n: 0 }), true));
  it("become class names, or nothing", () => {
    assert.deepEqual(spansOf("\u001b[1;31merror\u001b[0m ok"), [{ text: "error", className: "ansi-bold ansi-red" }, { text: " ok", className: "" }]);
    assert.deepEqual(spansOf("\u001b[38;2;10;200;20mgreen"), [{ text: "green", className: "ansi-green" }]);
    assert.deepEqual(spansOf("\u001b]0;title\u0007a\u001b[2Jb\u001bPdata\u001b\\c"), [{ text: "a", className: "" }, { text: "b", className: "" }, { text: "c", className: "" }]);
  });
  it("leave markup as text, and show marks of direction", () => {
    for (const text of ["\u001b[?25lworking\u001b[?25h", "\u001b[?2004hworking", "\u001b[>4;2mworking", "\u009d8;;http://evil\u009cworking"]) assert.equal(plainText(text), "working");
    assert.deepEqual(spansOf("<script>x\u202e</script>"), [{ text: "<script>x⟨U+202E⟩</script>", className: "" }]);
  });
  it("keep the last state of a progress line", () => assert.equal(plainText("10 %\r50 %\r100 %\r"), "100 %"));
});

describe("JSON lines", () => {
  it("say their message first, and the rest as fields", () => {
    assert.deepEqual(jsonLine('{"level":"info","msg":"served","status":200,"at":{"x":1}}'), { message: "served", fields: [["status", "200"], ["at", '{"x":1}']] });
    assert.deepEqual(jsonLine('{"msg":"a\\u202e\\u001b[31mb\\nc","x\\u2066":"y"}'), { message: "a⟨U+202E⟩b ↵ c", fields: [["x⟨U+2066⟩", "y"]] });
    assert.equal(jsonLine("{not json}"), null);
    assert.equal(jsonLine("[1]"), null);
  });
});
