import assert from "node:assert/strict";
import { test } from "node:test";
import { renderToStaticMarkup } from "react-dom/server";
import type { PolicyFinding } from "../../src/api/schema";
import { ChangedValue } from "../../src/differences/ChangedValue";
import { SplitRows } from "../../src/differences/SplitRows";
import { UnifiedRows } from "../../src/differences/UnifiedRows";
import { foldUnchanged } from "../../src/editor/foldedDiff";
import { lineDiff } from "../../src/editor/lineDiff";
import { deployBody, intentOf, standardOptions } from "../../src/plan/intent";
import { PlanSteps } from "../../src/plan/PlanSteps";
import { isDenied, PolicyFindings } from "../../src/plan/PolicyFindings";

const hostile = "<img src=x onerror=alert(1)>";
const finding: PolicyFinding = { rule: "POL-1", severity: "deny", service: "web", attribute: "a", place: "compose.yaml:5:9", message: hostile, remedy: "r", exception: null };

test("what comes from files stays text in plans and differences", () => {
  const step = { number: 1, phase: "apply", action: "create", target: `container ${hostile}`, service: hostile, cause: hostile, after: [], downtime: true, dataLoss: true };
  const rows = foldUnchanged(lineDiff("a\n", `${hostile}\n`));
  const pages = [
    renderToStaticMarkup(<PlanSteps steps={[step]} />), renderToStaticMarkup(<PolicyFindings findings={[finding]} />),
    renderToStaticMarkup(<table><tbody><UnifiedRows rows={rows} onOpen={() => undefined} /></tbody></table>),
    renderToStaticMarkup(<table><tbody><SplitRows rows={rows} onOpen={() => undefined} /></tbody></table>),
    renderToStaticMarkup(<ChangedValue change={{ path: hostile, before: null, after: hostile }} beforeName="1" afterName="2" />),
  ];
  for (const page of pages) {
    assert.ok(!page.includes("<img"));
    assert.match(page, /&lt;img/);
  }
});

test("downtime and loss of data are words in the plan", () => {
  const step = { number: 1, phase: "apply", action: "remove", target: "volume data", service: null, cause: "asked for", after: [], downtime: true, dataLoss: true };
  const page = renderToStaticMarkup(<PlanSteps steps={[step]} />);
  assert.match(page, /downtime/);
  assert.match(page, /data loss/);
});

test("an exception lets a denied finding through", () => {
  assert.equal(isDenied(finding), true);
  assert.equal(isDenied({ ...finding, exception: "1" }), false);
  assert.equal(isDenied({ ...finding, severity: "warn" }), false);
});

test("only who may allow a rule is asked to", () => {
  assert.doesNotMatch(renderToStaticMarkup(<PolicyFindings findings={[finding]} />), /checkbox/);
  assert.match(renderToStaticMarkup(<PolicyFindings findings={[finding]} allowed={new Set()} />), /type="checkbox"/);
});

test("the address says what is planned", () => {
  assert.deepEqual(intentOf(new URLSearchParams("")), { kind: "deploy" });
  assert.deepEqual(intentOf(new URLSearchParams("rollback=3")), { kind: "rollback", to: 3 });
  assert.deepEqual(intentOf(new URLSearchParams("rollback=-1")), { kind: "deploy" });
});

test("options that are as usual are not sent", () => {
  assert.deepEqual(JSON.parse(JSON.stringify(deployBody(standardOptions))), {});
  assert.deepEqual(JSON.parse(JSON.stringify(deployBody({ ...standardOptions, recreate: true, rollback: false, pull: "always", allow: ["POL-1"] }))), {
    pull: "always", recreate: "force", rollback: false, allow: ["POL-1"],
  });
});
