import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { renderToStaticMarkup } from "react-dom/server";
import type { LogPage, LogRecord } from "../../src/api/schema";
import { downloadsOf, type DownloadWish } from "../../src/logs/downloads";
import { NO_FILTER } from "../../src/logs/filter";
import { gapText } from "../../src/logs/gapText";
import { inColumns } from "../../src/logs/jsonLine";
import { JsonTree } from "../../src/logs/JsonTree";
import { lineOf, markOf } from "../../src/logs/line";
import { LogRow } from "../../src/logs/LogRow";
import { fieldValueOf, isBefore, momentOf } from "../../src/logs/moments";
import { indexAt, placeFrom, placeOfLine, placeText } from "../../src/logs/permalink";
import { joinedAround, joinedLater, joinedOlder, queriesOf } from "../../src/logs/queries";
import { soughtText } from "../../src/logs/soughtText";
import { spokenText } from "../../src/logs/SpokenCount";
import { timeText } from "../../src/logs/timeText";
import { fillingOf } from "../../src/logs/useGaps";
import { rowHeight, withColumn } from "../../src/logs/useLogDisplay";
import { filterIn, membersOf } from "../../src/logs/useLogFilter";

function record(second: number, source = "web-1", text = `line ${second}`): LogRecord {
  return { time: `2026-11-23T05:00:${String(second).padStart(2, "0")}.000000000Z`, source, stream: "stdout", level: "none", text };
}

function page(seconds: number[], reason: LogPage["reason"], source = "web-1"): LogPage {
  const lines = seconds.map((second) => record(second, source));
  return { lines, searched_to: lines[0]?.time ?? null, reason, unreadable: [] };
}

const shown = ({ lines }: Pick<LogPage, "lines">) => lines.map((line) => line.text);

describe("targets as calls", () => {
  it("are joined where one call names just them", () => {
    assert.deepEqual(queriesOf([{ stack: "a", server: "nas" }, { stack: "b", server: "nas" }]), [{ stack: ["a@nas", "b@nas"] }]);
    assert.deepEqual(queriesOf([{ stack: "a", server: "nas", service: "x" }, { stack: "a", server: "nas", service: "y" }]), [{ stack: ["a@nas"], service: ["x", "y"] }]);
    assert.deepEqual(queriesOf([{ server: "nas" }, { server: "nas", container: "c" }]), [{ server: "nas" }, { server: "nas", container: ["c"] }]);
  });
  it("stay apart where their lists would name more", () => {
    assert.equal(queriesOf([{ stack: "a", service: "x" }, { stack: "b", service: "y" }]).length, 2);
  });
  it("keep to the services of the filter", () => {
    assert.deepEqual(queriesOf([{ stack: "a", service: "x" }, { stack: "b" }], ["x"]), [{ stack: ["b"], service: ["x"] }, { stack: ["a"], service: ["x"] }]);
    assert.deepEqual(queriesOf([{ stack: "a", service: "x" }], ["y"]), []);
  });
});

describe("pages of several calls", () => {
  it("reach back only as far as all of them", () => {
    const all = joinedOlder([page([1, 5], "limit"), page([3, 4], "limit", "db-1")]);
    assert.deepEqual([shown(all), all.reason, all.searched_to], [["line 3", "line 4", "line 5"], "limit", record(3).time]);
    const whole = joinedOlder([page([1, 5], "end"), page([3], "end", "db-1")]);
    assert.deepEqual([shown(whole), whole.reason, whole.searched_to], [["line 1", "line 3", "line 5"], "end", null]);
  });
  it("reach forward only as far as all of them", () => {
    const all = joinedLater([page([1, 9], "end"), page([2, 4], "limit", "db-1")]);
    assert.deepEqual([shown(all), all.reason], [["line 1", "line 2", "line 4"], "limit"]);
  });
  it("around a moment are in order", () => assert.deepEqual(shown(joinedAround([page([2, 4], "limit"), page([3], "limit", "db-1")])), ["line 2", "line 3", "line 4"]));
});

describe("a gap", () => {
  const gap = { from: record(0).time, to: record(5).time };
  it("is closed when what was loaded reaches behind it", () => {
    assert.deepEqual(fillingOf(page([1, 2, 6], "limit"), gap), { lines: [record(1), record(2)], rest: null });
    assert.equal(fillingOf(page([1], "end"), gap).rest, null);
  });
  it("goes on where it was not all", () => assert.equal(fillingOf(page([1, 2], "limit"), gap).rest, record(2).time));
  it("of one container is filled with its lines", () => {
    const both = joinedAround([page([1], "limit"), page([2], "limit", "db-1")]);
    assert.deepEqual(fillingOf(both, { ...gap, source: "db-1" }).lines.map((line) => line.source), ["db-1"]);
  });
  it("says how much is missing, where that is known", () => {
    assert.equal(gapText(12400), "12 400 lines not loaded");
    assert.equal(gapText(null), "lines between are not loaded");
  });
});

describe("how far was searched", () => {
  const sought = { to: "2026-11-23T02:00:00Z", found: 214, isSearch: true } as const;
  it("is said honestly", () => {
    assert.match(soughtText({ ...sought, reason: "limit" }, false), /^214 older matches, searched to .*\(limit\)$/);
    assert.match(soughtText({ ...sought, reason: "deadline" }, false), /\(not finished\)$/);
    assert.equal(soughtText({ ...sought, reason: "end" }, false), "214 older matches, searched all");
    assert.match(soughtText({ ...sought, reason: "deadline" }, true), /^searching… back to \d\d:00:00$/);
  });
});

describe("a line's address", () => {
  const rows = [record(1), record(1), record(1, "db-1"), record(2)].map((one, n) => ({ ...lineOf(one), n }));
  it("names its moment, its container, and which of several it is", () => {
    const second = rows[1];
    assert.ok(second);
    const place = placeOfLine(second, rows);
    assert.equal(placeText(place), `${second.time}~web-1~1`);
    assert.deepEqual(placeFrom(placeText(place)), place);
    assert.equal(indexAt(rows, place), 1);
  });
  it("may be a moment alone", () => {
    assert.equal(indexAt(rows, placeFrom(record(2).time) ?? assert.fail()), 3);
    assert.equal(placeFrom("yesterday"), null);
  });
});

describe("a moment", () => {
  it("is told from another below a millisecond", () => {
    assert.ok(isBefore("2026-11-23T05:00:00.000000001Z", "2026-11-23T05:00:00.000000002Z"));
    assert.ok(!isBefore("2026-11-23T05:00:00Z", "2026-11-23T05:00:00.000Z"));
  });
  it("comes out of its field as it went in", () => {
    const moment = "2026-11-23T05:06:07.000Z";
    assert.equal(momentOf(fieldValueOf(moment)), moment);
    assert.deepEqual([momentOf(""), momentOf("x"), fieldValueOf(null)], [null, null, ""]);
  });
});

describe("a download", () => {
  const wish: DownloadWish = { isFiltered: true, span: "all", lines: 500, last: "15m", since: "2026-11-23T05:00:00.000Z", until: null, form: "text" };
  const filter = { ...NO_FILTER, text: "timeout", levels: ["error" as const], services: ["api"] };
  it("has the result of the filter, or all", () => {
    assert.deepEqual(downloadsOf([{ stack: "a", server: "nas" }], filter, wish).map((one) => one.url), ["/api/v1/logs/download?stack=a%40nas&service=api&text=timeout&level=error"]);
    assert.deepEqual(downloadsOf([{ stack: "a", server: "nas" }], filter, { ...wish, isFiltered: false }).map((one) => one.url), ["/api/v1/logs/download?stack=a%40nas"]);
  });
  it("reaches as far back as is wished, in the wished form", () => {
    const url = (change: Partial<DownloadWish>) => downloadsOf([{ stack: "a" }], NO_FILTER, { ...wish, ...change })[0]?.url.split("?stack=a")[1];
    assert.equal(url({ span: "lines", form: "jsonl" }), "&tail=500&format=jsonl");
    assert.equal(url({ span: "last", form: "times" }), "&last=15m&timestamps=true");
    assert.equal(url({ span: "range" }), "&since=2026-11-23T05%3A00%3A00.000Z");
  });
  it("is several files where one call cannot name all, each with its name", () => {
    assert.deepEqual(downloadsOf([{ stack: "a", service: "x" }, { stack: "b", service: "y" }], NO_FILTER, wish).map((one) => one.name), ["a, x", "b, y"]);
  });
});

describe("a row", () => {
  const json = (text: string) => ({ ...lineOf(record(1, "web-1", text)), n: 1 });
  const row = (line: Parameters<typeof LogRow>[0]["line"], columns?: string[]) =>
    renderToStaticMarkup(<LogRow line={line} timeForm="off" searched={null} isChosen={false} hasService={false} columns={columns} onLoad={() => undefined} />);
  it("has chosen fields as columns before its message, also where the line has none", () => {
    assert.deepEqual(inColumns([["status", "200"], ["user", "anna"]], ["user", "missing"]), { cells: [["user", "anna"], ["missing", ""]], rest: [["status", "200"]] });
    assert.match(row(json('{"msg":"served","status":200}'), ["status"]), /log-column.*status=<span>200<\/span><\/span>served<\/div>$/);
  });
  it("of a gap offers to load it, and of a long entry to show the rest", () => {
    assert.match(row({ ...markOf("12 400 lines not loaded", "", { from: "" }), n: 1 }), /12 400 lines not loaded.*: .*<button[^>]*>load<\/button>/);
    assert.match(row({ ...json("Traceback"), fold: { head: 1, more: 31, isOpen: false } }), /31 more lines/);
    assert.match(row({ ...json("Traceback"), fold: { head: 1, more: 31, isOpen: true } }), /hide 31 lines/);
  });
  it("leaves what a container writes text, in its fields too", () => {
    const hostile = "<img src=x>";
    for (const markup of [row(json(hostile)), row(json(JSON.stringify({ msg: hostile, [hostile]: hostile })), [hostile])]) assert.ok(!markup.includes("<img") && markup.includes("&lt;img"));
    const tree = renderToStaticMarkup(<JsonTree value={{ [hostile]: { [hostile]: hostile } }} pinned={[]} onPin={() => undefined} />);
    assert.ok(!tree.includes("<img") && tree.includes("&lt;img"));
  });
  it("tells its time as it is wished", () => {
    const time = record(1).time;
    assert.equal(timeText(time, "UTC"), "05:00:01.000");
    assert.equal(timeText(time, "relative", Date.parse(time) + 90_000).trim(), "1 min ago");
  });
});

describe("the display", () => {
  it("has rows as high as the text needs", () => {
    assert.equal(rowHeight({ size: 13, isCompact: false }), 20);
    assert.equal(rowHeight({ size: 16, isCompact: true }), 19);
  });
  it("keeps columns for each service", () => {
    const one = withColumn({}, "api", "status");
    assert.deepEqual(withColumn(withColumn(one, "api", "path"), "web", "status"), { api: ["status", "path"], web: ["status"] });
    assert.deepEqual(withColumn(one, "api", "status"), {});
  });
});

describe("the address of a log", () => {
  it("gives the filter back, of each pane its own", () => {
    const filter = { ...NO_FILTER, text: "a", isMarking: true, levels: ["error" as const], services: ["api"], isCaseSensitive: true };
    const query = new URLSearchParams(Object.entries(membersOf(filter, "2")).flatMap(([name, value]) => (value ? [[name, value]] : [])));
    assert.deepEqual(filterIn(query, "2"), filter);
    assert.deepEqual(filterIn(query), NO_FILTER);
  });
});

describe("new lines", () => {
  it("are said with the errors among them", () => {
    assert.equal(spokenText(120, 3), "120 new lines, 3 errors");
    assert.equal(spokenText(1, 0), "1 new line");
    assert.equal(spokenText(0, 0), "");
  });
});
