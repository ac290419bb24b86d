import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, type Answers } from "./stagedPage";

const hostile = "<img src=x onerror=hit(1)>";
const revision = (number: number) => ({
  number, created_at: "2026-11-23T09:00:00Z", author: "captain", message: hostile, kind: "deploy", outcome: "deployed", current: number === 2,
  images: { web: { reference: `hello:1.${number}`, digest: null, id: `sha256:${number}` } },
});
const detail = (number: number) => ({
  revision: revision(number), working_directory: "/data/web", profiles: [], variables: {}, events: [], files: [{ path: "/data/web/compose.yaml", role: "compose", size: 9, tag: `t${number}` }],
});
const answers: Answers = {
  "GET /stacks/web@local": {
    id: "web@local", name: "web", server: "local", status: "running", reachable: true, services: 1, services_up: 1, containers: 1, running: 1, revision: 2, last_revision: 2, managed: true,
  },
  "GET /stacks/web@local/revisions": { items: [revision(2), revision(1)], next: null, total: 2 },
  "GET /stacks/web@local/revisions/1": detail(1),
  "GET /stacks/web@local/revisions/2": detail(2),
  "GET /stacks/web@local/revisions/1/file": { path: "compose.yaml", text: `image: hello:1.1 # ${hostile}\n` },
  "GET /stacks/web@local/revisions/2/file": { path: "compose.yaml", text: "image: hello:1.2\n" },
  "GET /stacks/web@local/diff": { from: 1, to: 2, differences: [{ section: "service", name: "web", kind: "changed", changes: [{ path: "image", before: "hello:1.1", after: "hello:1.2" }] }] },
};

async function at(address: string): Promise<void> {
  const { go } = await import("../../src/app/router");
  go(address, { force: true });
}

function press(key: string): void {
  document.dispatchEvent(new (document.defaultView as unknown as typeof globalThis).KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

test("a file of a revision is shown as it was, as text", async () => {
  await at("/stacks/web@local/revisions/1");
  const { default: RevisionPage } = await import("../../src/pages/revision/RevisionPage");
  const page = await stage(<RevisionPage params={{ stack: "web@local", number: "1" }} />, answers);
  await page.shows("Roll back to it");
  page.click("compose.yaml");
  await page.shows("compose.yaml of revision 1");
  await page.shows("image: hello:1.1");
  assert.equal(page.body.querySelector("img"), null);
  page.close();
});

test("two revisions are compared by what runs and by their files", async () => {
  await at("/stacks/web@local/diff?from=1&to=2");
  const { default: RevisionDiff } = await import("../../src/pages/diff/RevisionDiff");
  const page = await stage(<RevisionDiff params={{ stack: "web@local" }} />, answers);
  await page.shows("changed");
  page.click("Files");
  await page.shows("1 added, 1 removed");
  assert.equal(page.body.querySelector("img"), null);
  page.close();
});

test("d compares the two chosen revisions, wherever the focus is", async () => {
  await at("/stacks/web@local/revisions");
  const { default: Revisions } = await import("../../src/pages/revisions/Revisions");
  const page = await stage(<Revisions params={{ stack: "web@local" }} />, answers);
  await page.shows("Revision 2");
  for (const field of page.body.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox]")) field.click();
  await new Promise((resolve) => setTimeout(resolve, 50));
  press("d");
  assert.equal(location.pathname + location.search, "/stacks/web@local/diff?from=1&to=2");
  page.close();
});
