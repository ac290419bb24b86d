import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRecord } from "../../src/api/schema";
import { logs } from "../../src/logs/feature";
import type { Connection } from "../../src/stream/connection";
import type { FeatureInstance } from "../../src/stream/features";
import type { Told, ToWorker } from "../../src/stream/messages";
import { stage, type Answers, type Asked, type StagedPage } from "./stagedPage";

/** The logs' part of the worker as it is, with a socket that tells what a test tells. */
class LogWorker {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  static opened: Record<string, unknown>[] = [];
  static tell: (told: Told) => void = () => undefined;
  private readonly instances = new Map<number, FeatureInstance>();

  postMessage(message: ToWorker): void {
    if (message.do === "open") {
      const { port } = message;
      const connection = {
        subscribe: (subscription: object, take: (told: Told) => void) => {
          LogWorker.opened.push(subscription as Record<string, unknown>);
          LogWorker.tell = take;
          return { change() {}, end() {} };
        },
      } as unknown as Connection;
      this.instances.set(port, logs(connection, (told) => this.onmessage?.({ data: { port, message: structuredClone(told) } })));
    } else if (message.do === "post") this.instances.get(message.port)?.take(message.message);
    else if (message.do === "close") this.instances.get(message.port)?.close();
  }
}

class NoResize {
  observe() {}
  disconnect() {}
}

Object.defineProperty(globalThis, "Worker", { value: LogWorker, configurable: true });
Object.defineProperty(globalThis, "ResizeObserver", { value: NoResize, configurable: true });
Object.defineProperty(window.HTMLElement.prototype, "clientHeight", { value: 400, configurable: true });

function record(second: number, text: string, change: Partial<LogRecord> = {}): LogRecord {
  const time = new Date(Date.parse("2026-11-23T05:00:00Z") + second * 1000).toISOString();
  return { time, source: "api-1", server: "nas", stack: "web", service: "api", stream: "stdout", level: "none", text, ...change };
}

async function open(context: { after(done: () => void): void }, answers: Answers = {}): Promise<StagedPage> {
  const [{ LogView }, { go }] = await Promise.all([import("../../src/logs/LogView"), import("../../src/app/router")]);
  go("/logs", { replace: true, force: true });
  const before = LogWorker.opened.length;
  const page = await stage(<LogView name="web" targets={[{ stack: "web", server: "nas" }]} />, answers);
  context.after(() => page.close());
  await until("it is subscribed", () => LogWorker.opened.length > before);
  return page;
}

function rows(page: StagedPage): string[] {
  return [...page.body.querySelectorAll(".log-row")].map((row) => row.textContent ?? "");
}

/** Rows without their times. */
function words(page: StagedPage): string[] {
  return rows(page).map((row) => row.replace(/^[\d:.]+ /, ""));
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`${what}, never: ${document.body.textContent?.slice(0, 1500)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function write(page: StagedPage, label: string, text: string): void {
  const id = [...page.body.querySelectorAll("label")].find((one) => one.textContent === label)?.getAttribute("for") ?? "";
  const field = document.getElementById(id) as HTMLInputElement;
  Object.getOwnPropertyDescriptor(window.HTMLInputElement.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new window.Event("input", { bubbles: true }));
}

test("a wrong expression is told in its place, and the last result stays", async (context) => {
  const page = await open(context);
  LogWorker.tell({ lines: [record(1, "GET /"), record(2, "POST /")] });
  await page.shows("2 lines");
  write(page, "Text or /expression/", "GET");
  await page.shows("1 of 2 lines");
  write(page, "Text or /expression/", "/(/");
  await until("it is told", () => page.body.querySelector("[role=alert]") !== null);
  assert.equal(rows(page).length, 1);
  write(page, "Text or /expression/", "nothing has this");
  await page.shows("No line matches; 1 filter on");
  page.click("Clear the filter");
  await page.shows("2 lines");
});

test("hits are counted, and gone to from one to the next among all lines", async (context) => {
  const page = await open(context);
  LogWorker.tell({ lines: Array.from({ length: 9 }, (_, at) => record(at, at % 3 === 0 ? `hit ${at}` : `line ${at}`)) });
  await page.shows("9 lines");
  const { setQuery } = await import("../../src/app/router");
  setQuery({ query: "hit", hits: "marked" });
  await page.shows("3 hits");
  assert.equal(rows(page).length, 9);
  page.click("Previous hit");
  await page.shows("hit 3 of 3");
  page.click("Previous hit");
  await page.shows("hit 2 of 3");
  assert.match(page.body.querySelector(".log-chosen")?.textContent ?? "", /hit 3$/);
  page.click("Next hit");
  await page.shows("hit 3 of 3");
});

test("a container that takes the place of another is told of, with its revision", async (context) => {
  const page = await open(context, { "GET /servers/nas/containers/api-1": { container: { id: "2" }, revision: 15 } });
  LogWorker.tell({ lines: [record(1, "old")] });
  LogWorker.tell({ source_ended: null, source: "api-1", server: "nas" });
  LogWorker.tell({ lines: [record(2, "new")] });
  await page.shows("api-1 replaced, revision 15");
  LogWorker.tell({ replaced: "2", source: "api-1", server: "nas" });
  await until("it is told of both", () => rows(page).filter((row) => row === "api-1 replaced, revision 15").length === 2);
  assert.deepEqual(words(page), ["old", "api-1 is gone", "api-1 replaced, revision 15", "new", "api-1 replaced, revision 15"]);
});

test("lines that are missing are counted in their place, and loaded there", async (context) => {
  const page = await open(context, { "GET /logs": { lines: [record(2, "between"), record(9, "after")], searched_to: null, reason: "limit", unreadable: [] } });
  LogWorker.tell({ lines: [record(1, "before")] });
  LogWorker.tell({ gap: 12400 });
  LogWorker.tell({ lines: [record(9, "after")] });
  await page.shows("12 400 lines not loaded");
  page.click("load");
  await page.shows("between");
  assert.equal(page.asked.find((one) => one.call === "GET /logs")?.query.get("after"), record(1, "").time);
  assert.deepEqual(words(page), ["before", "between", "after"]);
});

test("a long entry is folded, and shown whole when somebody asks", async (context) => {
  const page = await open(context);
  LogWorker.tell({ lines: Array.from({ length: 31 }, (_, at) => record(1, `frame ${at}`, at > 0 ? { continued: true } : {})) });
  await page.shows("11 more lines");
  assert.equal(rows(page).length, 20);
  page.click("11 more lines");
  await until("all are shown", () => rows(page).length === 31);
});

test("what is older is searched on until there is enough or nothing left, and it is said how far", async (context) => {
  const answers = [
    { lines: [], searched_to: record(-60, "").time, reason: "deadline", unreadable: [] },
    { lines: [record(-90, "found x")], searched_to: null, reason: "end", unreadable: [] },
  ];
  const page = await open(context, { "GET /logs": () => ({ body: answers.shift() }) });
  LogWorker.tell({ lines: [record(1, "a x"), record(2, "b")] });
  await page.shows("2 lines");
  write(page, "Text or /expression/", "x");
  await page.shows("1 of 2 lines");
  page.click("Older");
  await page.shows("1 older match, searched all");
  assert.deepEqual(page.asked.filter((one) => one.call === "GET /logs").map((one) => [one.query.get("text"), one.query.get("before")]), [["x", record(1, "").time], ["x", record(-60, "").time]]);
  await until("it is shown", () => rows(page).length === 2);
  assert.deepEqual(words(page), ["found x", "a x"]);
});

test("a moment that is not loaded is fetched, with a gap up to what is", async (context) => {
  const page = await open(context, { "GET /logs": ({ query }: Asked) => ({ body: { lines: query.get("around") ? [record(-3600, "long ago"), record(-3599, "then")] : [], searched_to: null, reason: "limit", unreadable: [] } }) });
  LogWorker.tell({ lines: [record(1, "now")] });
  await page.shows("1 line");
  page.click("Time");
  await page.shows("Go there");
  const { fieldValueOf } = await import("../../src/logs/moments");
  write(page, "Moment", fieldValueOf(record(-3600, "").time));
  page.click("Go there");
  await page.shows("long ago");
  assert.deepEqual(words(page), ["long ago", "then", "lines between are not loaded: load", "now"]);
  await until("it is chosen", () => /long ago/.test(page.body.querySelector(".log-chosen")?.textContent ?? ""));
});

test("a range is opened as the address says, and ends there", async (context) => {
  const page = await open(context);
  const { setQuery } = await import("../../src/app/router");
  setQuery({ from: record(0, "").time, to: record(60, "").time });
  await until("it is opened", () => LogWorker.opened[LogWorker.opened.length - 1]?.until === record(60, "").time);
  assert.equal(LogWorker.opened[LogWorker.opened.length - 1]?.follow, false);
  await page.shows(/from .* to /);
});

test("a field of a JSON line becomes a column, for all lines of its service", async (context) => {
  const page = await open(context);
  LogWorker.tell({ lines: [record(1, '{"msg":"served","status":200}'), record(2, '{"msg":"other"}')] });
  await page.shows("2 lines");
  (page.body.querySelector(".log-row") as HTMLElement).click();
  await page.shows('"status": 200');
  page.click("Show status as a column");
  await until("both have it", () => page.body.querySelectorAll(".log-column").length === 2);
  assert.match(localStorage.getItem("slipway.preferences") ?? "", /"columns":\{"api":\["status"\]\}/);
  page.click("Take status out of the columns");
  await until("it is gone", () => page.body.querySelectorAll(".log-column").length === 0);
});
