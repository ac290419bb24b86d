import assert from "node:assert/strict";
import { test } from "node:test";
import { differingPaths, filesOf } from "../../src/api/revisionFiles";
import { emptyDraft, withSaved, withText } from "../../src/editor/draft";
import { planPaths } from "../../src/pages/plan/planPaths";
import { planViewOf, planViews } from "../../src/pages/plan/planViews";
import { imageRows } from "../../src/plan/imageRows";
import type { PlanStep } from "../../src/plan/planGroups";

const step = (action: string, target: string, service: string | null, cause: string): PlanStep =>
  ({ number: 1, phase: "apply", action, target, service, cause, after: [], downtime: false, dataLoss: false });
const image = (reference: string, id: string) => ({ reference, digest: null, id });

test("the images after a deploy are those that its causes name, with what must be pulled", () => {
  const rows = imageRows({ db: image("db:1", "sha256:d"), web: image("web:1", "sha256:a") }, [
    step("pull", "image web:2", "web", "not on the server"),
    step("create", "container web-1", "web", "image: web:1 -> web:2; ports[0].published: 80 -> 81"),
    step("create", "container new-1", "new", "not running"),
  ]);
  assert.deepEqual(rows.map((row) => [row.service, row.before?.reference, row.after?.reference, row.isChanged, row.isPulled]), [
    ["db", "db:1", "db:1", false, false], ["web", "web:1", "web:2", true, true],
  ]);
});

test("the images of a rollback are those of the revision, by digest", () => {
  const rows = imageRows({ gone: image("x:1", "sha256:x"), web: image("web:1", "sha256:b") }, [], { web: image("web:1", "sha256:a") });
  assert.deepEqual(rows.map((row) => [row.service, row.after?.digest ?? null, row.isChanged]), [["gone", null, true], ["web", "sha256:a", true]]);
});

test("a rollback can be compared whole, a first deploy only by its files", () => {
  assert.deepEqual(planViews({ kind: "rollback", to: 1 }, { steps: [] }, 2).map((view) => view.show), ["steps", "files", "model", "images"]);
  assert.deepEqual(planViews({ kind: "rollback", to: 1 }, { steps: [] }, null).map((view) => view.show), ["steps", "images"]);
  const views = planViews({ kind: "deploy" }, { steps: [step("pull", "image a", null, "x")] }, null);
  assert.equal(views[2]?.text, "Images, 1 to pull");
  assert.equal(planViewOf(views, "model"), "steps");
  assert.equal(planViewOf(views, "files"), "files");
});

test("a plan is about the files of the running revision, of the draft, and those that Compose reads first", () => {
  const draft = withText(withSaved(withSaved(emptyDraft, "compose.yaml", "a", "1"), "README", "b", "2"), "conf/x", "new");
  const listing = ["compose.yaml", "README", ".env"].map((path) => ({ path, folder: false, size: 1, tag: "t", modified_at: null, mode: "0644" }));
  assert.deepEqual(planPaths(draft, listing as never, new Map([["site/index.html", 1]])), ["compose.yaml", ".env", "conf/x", "site/index.html"]);
});

test("files of revisions are known by their path in the folder, and differ by tag", () => {
  const detail = (tag: string | null) => ({
    working_directory: "/data/stacks/web",
    files: [{ path: "/data/stacks/web/compose.yaml", role: "compose", size: 1, tag }, { path: "/etc/other", role: "mounted", size: 1, tag: "x" }],
  });
  const [one, two, blind] = [filesOf(detail("a")), filesOf(detail("b")), filesOf(detail(null))];
  assert.deepEqual([...one.keys()], ["compose.yaml"]);
  assert.deepEqual(differingPaths(one, two), ["compose.yaml"]);
  assert.deepEqual(differingPaths(one, one), []);
  assert.deepEqual(differingPaths(blind, blind), ["compose.yaml"], "without tags nobody can tell");
});
