import assert from "node:assert/strict";
import { test } from "node:test";
import type { Stack } from "../../src/api/schema";
import { stage, type Answers, type Asked } from "./stagedPage";

const stack: Stack = {
  id: "web@local", name: "web", server: "local", status: "running", reachable: true, services: 1, services_up: 1, containers: 1, running: 1, revision: 1, last_revision: 1, managed: true,
};
const step = { number: 1, phase: "apply", action: "create", target: "container web-web-1", service: "web", cause: "image: hello:1.0 -> hello:1.1", after: [], downtime: true, dataLoss: false };
const plan = (more: object = {}) => ({ project: "web", hash: "abc", empty: false, steps: [step], downtime: ["web"], dataLoss: false, warnings: [], ...more });
const revision = { number: 1, created_at: "2026-11-23T09:00:00Z", author: "captain", message: "", kind: "deploy", outcome: "deployed", current: true, images: { web: { reference: "hello:1.0", digest: null, id: "sha256:0123456789abcdef" } } };
const base: Answers = {
  "GET /stacks/web@local/files": { items: [{ path: "compose.yaml", folder: false, size: 9, tag: "t1" }] },
  "GET /stacks/web@local/file": { path: "compose.yaml", text: "image: hello:1.1\n" },
  "GET /stacks/web@local/draft": { version: 0 },
  "POST /stacks/web@local/plan": plan(),
  "GET /stacks/web@local/revisions": { items: [revision], next: null, total: 1 },
  "GET /stacks/web@local/revisions/1": { revision, working_directory: "/data/web", profiles: [], files: [{ path: "/data/web/compose.yaml", role: "compose", size: 9, tag: "t0" }], variables: {}, events: [] },
  "GET /stacks/web@local/revisions/1/file": { path: "compose.yaml", text: "image: hello:1.0\n" },
};

async function open(answers: Answers = {}) {
  const [{ default: PlanView }, { go }] = await Promise.all([import("../../src/pages/plan/PlanView"), import("../../src/app/router")]);
  go("/stacks/web@local/plan", { force: true });
  return stage(<PlanView stack={stack} intent={{ kind: "deploy" }} />, { ...base, ...answers });
}

test("a plan shows its steps, its files against what runs, and its images", async () => {
  const page = await open();
  await page.shows("image: hello:1.0 -> hello:1.1");
  page.click("Files");
  await page.shows("1 added, 1 removed");
  page.click("Images");
  await page.shows("Afterwards");
  await page.shows("0123456789ab");
  page.close();
});

test("with nothing to do, all can be recreated all the same", async () => {
  const page = await open({
    "POST /stacks/web@local/plan": ({ body }: Asked) => ({ body: (body as { recreate?: string }).recreate === "force" ? plan() : plan({ empty: true, steps: [], downtime: [] }) }),
  });
  await page.shows("Nothing to do");
  page.click("Recreate all the same");
  await page.shows("image: hello:1.0 -> hello:1.1");
  page.close();
});

test("loss of data has to be confirmed before the button can be pressed", async () => {
  const page = await open({ "POST /stacks/web@local/plan": plan({ dataLoss: true }) });
  await page.shows("confirm the loss of data first");
  page.click(/Deploy revision 2 to local/);
  page.body.querySelector<HTMLInputElement>(".confirmation input[type=checkbox]")?.click();
  await page.shows(/^(?!.*confirm the loss of data first)/s);
  assert.ok(!page.asked.some((one) => one.call.endsWith("/deploy")));
  page.close();
});

test("a plan that is stale is refused, and the new one shown", async () => {
  let plans = 0;
  const page = await open({
    "POST /stacks/web@local/plan": () => ({ body: plan({ hash: `h${plans += 1}` }) }),
    "POST /stacks/web@local/deploy": () => ({ status: 409, body: { code: "stale_plan", detail: "the plan is not h1 any more", status: 409, title: "Conflict", type: "about:blank" } }),
  });
  await page.shows("Deploy revision 2 to local");
  page.click(/Deploy revision 2 to local/);
  await page.shows("The plan has changed since you saw it");
  const end = Date.now() + 20_000;
  while (plans < 2 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(plans, 2);
  page.close();
});
