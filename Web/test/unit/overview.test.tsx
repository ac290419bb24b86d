import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { renderToStaticMarkup } from "react-dom/server";
import type { Stack } from "../../src/api/schema";
import { Needs } from "../../src/pages/overview/Needs";
import { StackBoard } from "../../src/pages/overview/StackBoard";
import { StatusBar } from "../../src/pages/overview/StatusBar";

function stack(name: string, status: Stack["status"], server = "local"): Stack {
  return { id: `${name}@${server}`, name, server, status, reachable: true, services: 1, services_up: 1, containers: 1, running: 1, managed: true };
}

describe("the board of stacks", () => {
  const html = renderToStaticMarkup(<StackBoard stacks={[stack("web", "running"), stack("shop", "unhealthy"), stack("db", "down")]} />);
  it("has the worst first, each with its state in words", () => {
    assert.deepEqual([...html.matchAll(/board-name">(\w+)<\/span><span class="unseen">, ([\w ]+)/g)].map((found) => found.slice(1)), [
      ["shop", "unhealthy"], ["web", "running"], ["db", "not deployed"],
    ]);
  });
  it("names servers where there are several", () => {
    assert.match(renderToStaticMarkup(<StackBoard stacks={[stack("web", "running"), stack("web", "running", "nas")]} />), />web@nas</);
  });
});

describe("the bar of states", () => {
  it("has a part for each, which together are the whole", () => {
    const html = renderToStaticMarkup(<StatusBar stacks={[stack("a", "running"), stack("b", "down"), stack("c", "running"), stack("d", "partial")]} />);
    assert.deepEqual([...html.matchAll(/class="fill-(\w+)" x="([\d.]+)"/g)].map((found) => found.slice(1)), [["ok", "0"], ["warn", "50"], ["muted", "75"]]);
  });
});

describe("what needs somebody", () => {
  it("is said to be nothing when it is nothing", () => assert.match(renderToStaticMarkup(<Needs needs={[]} />), /Nothing needs you\./));
  it("has one act, whose name says what it is about", () => {
    const html = renderToStaticMarkup(<Needs needs={[{ key: "1", status: "failed", subject: "Deploy web@nas", text: "", act: { text: "See why", to: "/operations/1" } }]} />);
    assert.match(html, /<a href="\/operations\/1"[^>]*aria-label="See why: Deploy web@nas"/);
    assert.equal(html.match(/<a /g)?.length, 1);
  });
});
