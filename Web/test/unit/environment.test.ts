import assert from "node:assert/strict";
import { test } from "node:test";
import { entriesOf } from "../../src/pages/compose/variables";
import { variablesTable, withVariable } from "../../src/pages/env/environment";

test("setting a variable changes its line only", () => {
  assert.equal(withVariable("# why\nA=1\nB=2\n", "A", "9"), "# why\nA=9\nB=2\n");
  assert.equal(withVariable("A=1\n", "C", "3"), "A=1\nC=3\n");
  assert.equal(withVariable("", "C", "3"), "C=3\n");
  assert.equal(withVariable("A=1\nB=2\n", "A", null), "B=2\n");
  assert.equal(withVariable("A=1\n", "A", null), "");
});

test("a value of several lines is replaced as a whole", () => {
  assert.equal(withVariable("A=\"x\ny\"\nB=2\n", "A", "z"), "A=z\nB=2\n");
});

test("values are quoted so that they are read as they were given", () => {
  for (const value of ["plain", "two words", "p#1", "cost $5", "", "a/b:c@d"]) {
    assert.equal(entriesOf(withVariable("", "A", value))[0]?.value, value);
  }
  assert.equal(withVariable("", "A", "it's $5\nx"), "A=\"it's \\$5\\nx\"\n");
});

test("what is asked for and not set, and what nobody asks for, is told", () => {
  const file = (path: string, text: string) => ({ path, saved: text, tag: "t", text });
  const rows = variablesTable({ files: [file("compose.yaml", "image: ${TAG} ${GONE} ${OR:-x} ${KEY}\n"), file(".env", "TAG=1\nOLD=2\n")] }, ["KEY"]);
  assert.deepEqual(rows.map((row) => [row.name, row.source, row.isUnset, row.isUnused]), [
    ["GONE", null, true, false], ["KEY", "sealed", false, false], ["OLD", ".env:2", false, true], ["OR", null, false, false], ["TAG", ".env:1", false, false],
  ]);
});
