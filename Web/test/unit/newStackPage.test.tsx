import assert from "node:assert/strict";
import { test } from "node:test";
import { stage, type Answers, type Asked } from "./stagedPage";

const lists: Answers = {
  "GET /servers": { items: [{ name: "local", kind: "local", jump_only: false, link: "up" }], next: null, total: 1 },
  "GET /stacks": { items: [], next: null, total: 0 },
};

test("a new file is checked while it is written, and made only when it has no errors", async () => {
  const { default: FromFile } = await import("../../src/pages/newStack/FromFile");
  let isWrong = true;
  const page = await stage(<FromFile />, {
    ...lists,
    "POST /validate": () => ({
      body: isWrong ? { valid: false, problems: [{ place: "compose.yaml:3:5", message: "unknown key `imag`", remedy: "did you mean `image`?", rule: "unknownKey" }], warnings: [], services: [] }
        : { valid: true, problems: [], warnings: [], services: ["web"] },
    }),
  });
  await page.shows("1 error");
  assert.equal((page.asked.find((one) => one.call === "POST /validate")?.body as { name: string }).name, "unnamed");
  isWrong = false;
  page.close();
});

test("what adopting cannot decide is shown and asked, and the answer is sent", async () => {
  const { AdoptDialog } = await import("../../src/pages/newStack/AdoptDialog");
  const project = {
    name: "older", services: ["web"], states: { running: 1 }, working_directory: "", config_files: [], environment_files: [], unreadable: [], several_origins: false, deployed_by_slipway: false,
  };
  let preferred: unknown;
  const page = await stage(<AdoptDialog project={project} server="local" onClose={() => undefined} />, {
    ...lists,
    "POST /stacks/older@local/adopt": ({ body }: Asked) => {
      preferred = (body as { prefer?: string }).prefer;
      return { status: 202, body: { id: `o-${preferred ?? "none"}` } };
    },
    "GET /operations/o-none": {
      id: "o-none", state: "done",
      // What is null is left out by the server.
      result: { undecided: { entries: [{ section: "service", name: "web", kind: "changed", changes: [{ path: "network_mode", after: "bridge" }] }] } },
    },
    "GET /operations/o-running": { id: "o-running", state: "done", result: { adoption: {} }, revision: 1 },
  });
  await page.shows("Adopt older?");
  page.click("Adopt older");
  await page.shows("What is the first revision of older?");
  await page.shows("network_mode");
  page.click("Keep what runs");
  const end = Date.now() + 20_000;
  while (location.pathname !== "/operations/o-running" && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(preferred, "running");
  assert.equal(location.pathname, "/operations/o-running");
  page.close();
});
