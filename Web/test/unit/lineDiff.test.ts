import assert from "node:assert/strict";
import { test } from "node:test";
import { countChanges, foldUnchanged, sideBySide } from "../../src/editor/foldedDiff";
import { lineDiff, linesOf, wordDiff, type DiffRow } from "../../src/editor/lineDiff";

const text = (rows: DiffRow[]) => rows.map((row) => `${row.kind === "same" ? " " : row.kind === "added" ? "+" : "-"}${row.text}`).join("\n");

test("a line feed at the end makes no line of its own, and a carriage return none of the text", () => {
  assert.deepEqual(linesOf("a\nb\n"), ["a", "b"]);
  assert.deepEqual(linesOf("a\r\nb"), ["a", "b"]);
  assert.deepEqual(linesOf(""), []);
});

test("equal texts have no change", () => {
  assert.deepEqual(countChanges(lineDiff("a\nb\n", "a\nb\n")), { added: 0, removed: 0 });
});

test("changed, added and removed lines keep their numbers", () => {
  const rows = lineDiff("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n");
  assert.equal(text(rows), " a\n-b\n+x\n c\n d\n+e");
  assert.deepEqual(rows.map((row) => ("before" in row ? row.before : 0)), [1, 2, 0, 3, 4, 0]);
  assert.deepEqual(rows.map((row) => ("after" in row ? row.after : 0)), [1, 0, 2, 3, 4, 5]);
});

test("a text from nothing is added whole, and one to nothing removed whole", () => {
  assert.equal(text(lineDiff("", "a\nb")), "+a\n+b");
  assert.equal(text(lineDiff("a\nb", "")), "-a\n-b");
});

test("either side can be made of the rows again, and no script is longer than needed", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  for (let round = 0; round < 300; round += 1) {
    const make = () => Array.from({ length: random(30) }, () => "abcd"[random(4)] as string);
    const [left, right] = [make(), make()];
    const rows = lineDiff(left.join("\n"), right.join("\n"));
    assert.deepEqual(rows.filter((row) => row.kind !== "added").map((row) => row.text), left);
    assert.deepEqual(rows.filter((row) => row.kind !== "removed").map((row) => row.text), right);
    assert.equal(rows.filter((row) => row.kind === "same").length, longestCommon(left, right));
  }
});

function longestCommon(left: string[], right: string[]): number {
  const table = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let x = 1; x <= left.length; x += 1) {
    for (let y = 1; y <= right.length; y += 1) {
      (table[x] as number[])[y] = left[x - 1] === right[y - 1]
        ? (table[x - 1]?.[y - 1] ?? 0) + 1
        : Math.max(table[x - 1]?.[y] ?? 0, table[x]?.[y - 1] ?? 0);
    }
  }
  return table[left.length]?.[right.length] ?? 0;
}

test("the changed words of a line are marked", () => {
  assert.deepEqual(wordDiff("image: web:1.0", "image: web:1.1"), {
    before: [{ text: "image: web:1.", changed: false }, { text: "0", changed: true }],
    after: [{ text: "image: web:1.", changed: false }, { text: "1", changed: true }],
  });
  assert.equal(wordDiff("abc", "xyz"), null);
});

test("as many removed as added lines are paired for their words", () => {
  const rows = lineDiff("a: 1\n", "a: 2\n");
  assert.ok(rows.every((row) => row.kind !== "same" && row.words !== undefined));
});

test("unchanged lines away from a change are folded, and three stay around it", () => {
  const before = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const after = [...before];
  after[10] = "other";
  const rows = foldUnchanged(lineDiff(before.join("\n"), after.join("\n")));
  assert.deepEqual(rows.map((row) => row.kind), ["fold", "same", "same", "same", "removed", "added", "same", "same", "same", "fold"]);
  const first = rows[0];
  assert.ok(first?.kind === "fold" && first.rows.length === 7 && first.from === 0);
});

test("a single line is not folded", () => {
  const lines = ["a", "b", "c", "d"];
  assert.deepEqual(foldUnchanged(lineDiff(lines.join("\n"), [...lines, "e"].join("\n"))).map((row) => row.kind), ["same", "same", "same", "same", "added"]);
});

test("side by side, what was removed stands beside what came in its place", () => {
  const rows = sideBySide(lineDiff("a\nb\nc", "a\nx\ny\nc"));
  assert.deepEqual(rows.map((row) => [row.before?.text ?? null, row.after?.text ?? null]), [["a", "a"], ["b", "x"], [null, "y"], ["c", "c"]]);
});

test("two thousand lines with changes all over are compared line by line", () => {
  const before = Array.from({ length: 2000 }, (_, index) => `line ${index}`);
  const after = before.map((line, index) => (index % 100 === 50 ? `${line} changed` : line));
  assert.deepEqual(countChanges(lineDiff(before.join("\n"), after.join("\n"))), { added: 20, removed: 20 });
});
