import assert from "node:assert/strict";
import { test } from "node:test";
import { countProblems, nextProblem, placeOf, problemsOf, warningParts } from "../../src/editor/problems";

const compose = "services:\n  web:\n    image: hello:1.0\n    imag: x\n    depends_on: [nope]\n    ports: [\"80:80000\"]\n";
const textOf = (file: string) => (file === "compose.yaml" ? compose : undefined);
const unknownKey = { place: "compose.yaml:4:5", message: "services.web: unknown key `imag`", remedy: "did you mean `image`?", rule: "unknownKey" };

test("a place has a file, a line and a column", () => {
  assert.deepEqual(placeOf("conf/compose.yaml:4:5"), { file: "conf/compose.yaml", line: 4, column: 5 });
  assert.deepEqual(placeOf("compose.yaml:4"), { file: "compose.yaml", line: 4, column: 1 });
  assert.deepEqual(placeOf("compose.yaml"), { file: "compose.yaml", line: 1, column: 1 });
});

test("a mistaken key is marked whole, and its correction offered", () => {
  const [problem] = problemsOf([unknownKey], [], textOf);
  assert.equal(problem?.endColumn, 9);
  assert.equal(problem?.replacement, "image");
});

test("a remedy that names no word offers no correction", () => {
  const [problem] = problemsOf([{ ...unknownKey, remedy: "remove it" }], [], textOf);
  assert.equal(problem?.replacement, null);
});

test("a correction is not offered when the text has changed since", () => {
  const [problem] = problemsOf([unknownKey], [], () => "services:\n  web:\n\n    other: x\n");
  assert.equal(problem?.replacement, null);
});

test("values are marked up to their end: in a list, in quotes", () => {
  const problems = problemsOf([{ place: "compose.yaml:5:18", message: "a" }, { place: "compose.yaml:6:13", message: "b" }], [], textOf);
  assert.deepEqual(problems.map((problem) => problem.endColumn), [22, 23]);
});

test("at least one character is marked, also behind the end of the text", () => {
  const [problem] = problemsOf([{ place: "compose.yaml:90:7", message: "a" }], [], textOf);
  assert.deepEqual([problem?.column, problem?.endColumn], [7, 8]);
});

test("warnings are taken apart into place and message, and stand among the faults by place", () => {
  const warning = "compose.yaml:4:19: The \"NOPE\" variable is not set. Defaulting to a blank string.";
  assert.equal(warningParts(warning).message, "The \"NOPE\" variable is not set. Defaulting to a blank string.");
  const problems = problemsOf([{ place: "compose.yaml:9:1", message: "a" }], [warning, "no place at all"], textOf);
  assert.deepEqual(problems.map((problem) => [problem.file, problem.line, problem.severity]), [["", 1, "warning"], ["compose.yaml", 4, "warning"], ["compose.yaml", 9, "error"]]);
  assert.deepEqual(countProblems(problems), { errors: 1, warnings: 2 });
});

test("the next and the previous problem go round", () => {
  const problems = problemsOf(["compose.yaml:2:1", "compose.yaml:5:1", "other.yaml:1:1"].map((place) => ({ place, message: "m" })), [], textOf);
  const next = (file: string, line: number, backwards?: boolean) => {
    const found = nextProblem(problems, { file, line, column: 1 }, backwards);
    return `${found?.file}:${found?.line}`;
  };
  assert.equal(next("compose.yaml", 1), "compose.yaml:2");
  assert.equal(next("compose.yaml", 2), "compose.yaml:5");
  assert.equal(next("compose.yaml", 5), "other.yaml:1");
  assert.equal(next("other.yaml", 1), "compose.yaml:2");
  assert.equal(next("compose.yaml", 2, true), "other.yaml:1");
  assert.equal(nextProblem([], { file: "a", line: 1, column: 1 }), null);
});
