import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEntry } from "../../src/api/schema";
import { grantText, sentGrants } from "../../src/grants/grantText";
import { csvOf, filterOf, jsonLinesOf, momentOf } from "../../src/pages/audit/filter";
import { emptyForm, formRefusal, serverBody } from "../../src/pages/newServer/serverForm";
import { groupsOfFour } from "../../src/pages/profile/groupsOfFour";
import { kindOf, textOf, valueOf } from "../../src/pages/settings/settingText";
import { emptyToken, tokenBody, tokenRefusal } from "../../src/pages/tokens/tokenForm";

test("rights are said in words", () => {
  const rights = { may_exec: false, may_restore: false };
  assert.equal(grantText({ role: "admin", ...rights }), "admin everywhere");
  assert.equal(grantText({ role: "viewer", server: "nas", ...rights, may_exec: true }), "viewer on nas, with shells");
  assert.equal(grantText({ role: "operator", server: "nas", stack: "shop", may_exec: true, may_restore: true }), "operator of stack shop on nas, with shells and restores");
  assert.deepEqual(sentGrants([{ role: "viewer", server: null, stack: "x", ...rights }]), [{ role: "viewer", server: undefined, stack: undefined, ...rights }]);
});

test("the filters of the audit log are those of the address, and nothing else", () => {
  assert.deepEqual(filterOf(new URLSearchParams("actor=anna&outcome=odd&x=1&since=2026-13-90")), { actor: "anna" });
  const filter = filterOf(new URLSearchParams("outcome=denied&since=2026-11-01&until=2026-11-02"));
  assert.equal(filter.outcome, "denied");
  assert.equal(Date.parse(filter.until ?? "") - Date.parse(filter.since ?? ""), 2 * 86_400_000 - 1000);
  assert.equal(momentOf("yesterday", "00:00:00"), null);
});

const entry: AuditEntry = { sequence: 1, at: "2026-11-23T05:00:00Z", actor: "=cmd()", way: "ui", action: "a", target: "x,\"y\"\nz", outcome: "ok", detail: { b: 1 }, hash: "h" };

test("a CSV file has quotes where they are needed, and no formulas", () => {
  assert.equal(csvOf([entry]).split("\r\n")[1], "1,2026-11-23T05:00:00Z,'=cmd(),,,ui,a,\"x,\"\"y\"\"\nz\",ok,,\"{\"\"b\"\":1}\",h");
  assert.deepEqual(JSON.parse(jsonLinesOf([entry])), entry);
});

test("a server is asked for with its way of signing in only", () => {
  const form = { ...emptyForm, name: "nas", address: "deploy@nas", identity: "KEY", password: "left over" };
  const base = { name: "nas", replace: undefined };
  assert.equal(formRefusal(form), null);
  assert.deepEqual(serverBody(form, null), { ...base, address: "ssh://deploy@nas", login: { identity: "KEY\n", passphrase: undefined }, fingerprint: undefined, socket: undefined, jumps: undefined });
  assert.deepEqual(serverBody({ ...form, signIn: "agent", jump: "gate" }, "SHA256:x"), { ...base, address: "ssh://deploy@nas", login: { agent: true }, fingerprint: "SHA256:x", socket: undefined, jumps: [{ server: "gate" }] });
  assert.deepEqual(serverBody({ ...form, kind: "tls", address: "nas", authority: "a", certificate: "c", key: "k" }, null), { ...base, address: "tcp://nas", authority: "a", certificate: "c", key: "k" });
  assert.notEqual(formRefusal({ ...form, address: "nas" }), null);
  assert.notEqual(formRefusal({ ...form, identity: "" }), null);
  assert.notEqual(formRefusal({ ...form, kind: "tls" }), null);
});

test("settings are typed in by their kind", () => {
  assert.equal(kindOf({ key: "images.keep_revisions", default_value: 10 }), "number");
  assert.equal(kindOf({ key: "policy.roots", default_value: [] }), "list");
  assert.equal(kindOf({ key: "policy.level", default_value: "standard" }), "words");
  assert.equal(kindOf({ key: "system.title", default_value: "Slipway" }), "text");
  assert.deepEqual(valueOf("list", " /a \n\n/b"), ["/a", "/b"]);
  assert.equal(valueOf("number", "ten"), undefined);
  assert.equal(textOf(["a", "b"]), "a\nb");
});

test("a token says where and how long", () => {
  assert.notEqual(tokenRefusal(emptyToken), null);
  assert.deepEqual(tokenBody({ ...emptyToken, name: "ci", places: "local, shop@nas" }), { name: "ci", scopes: ["read"], limits: [{ server: "local" }, { server: "nas", stack: "shop" }], days: 90 });
  assert.deepEqual(tokenBody({ ...emptyToken, name: "ci", days: "" }), { name: "ci", scopes: ["read"], limits: undefined, endless: true });
});

test("a key is shown in groups", () => {
  assert.equal(groupsOfFour("ABCDEFGHIJ"), "ABCD EFGH IJ");
});
