import assert from "node:assert/strict";
import { test } from "node:test";
import type { Template } from "../../src/api/schema";
import { contentOf } from "../../src/editor/pickedFiles";
import { emptySource, sourceBody, sourceRefusal } from "../../src/git/gitSource";
import { refusalOf } from "../../src/pages/compose/NewFileDialog";
import { entriesOf, usesOf, variablesOf } from "../../src/pages/compose/variables";
import { nameFrom, nameRefusal } from "../../src/pages/newStack/stackName";
import { sentValues, standardValues, valueRefusal } from "../../src/templates/templateValues";

test("names are those that the server takes, and not twice", () => {
  const taken = [{ name: "media", server: "nas" }];
  assert.equal(nameRefusal("web", "local", taken), null);
  assert.match(nameRefusal("Web", "local", taken) ?? "", /lower-case/);
  assert.match(nameRefusal("media", "nas", taken) ?? "", /nas has/);
  assert.match(nameRefusal("media", "local", taken) ?? "", /on nas/);
});

test("a folder's or a repository's name becomes one that fits", () => {
  assert.equal(nameFrom("My Media.git"), "my-media");
  assert.equal(nameFrom("_x_"), "x_");
});

test("paths of new files stay within the folder", () => {
  assert.equal(refusalOf("conf/app.conf", []), null);
  assert.notEqual(refusalOf("../x", []), null);
  assert.notEqual(refusalOf("/etc/x", []), null);
  assert.notEqual(refusalOf("a//b", []), null);
  assert.notEqual(refusalOf(".env", [".env"]), null);
});

test("bytes that are no text come as base64", () => {
  assert.deepEqual(contentOf(new TextEncoder().encode("é\n")), { text: "é\n", base64: null });
  assert.deepEqual(contentOf(new Uint8Array([0, 255])), { text: null, base64: "AP8=" });
  assert.deepEqual(contentOf(new Uint8Array([97, 0])), { text: null, base64: "YQA=" });
});

test("an address with a password in it is refused, and a token goes with its own member", () => {
  assert.notEqual(sourceRefusal({ ...emptySource, url: "https://me:secret@git.example/x" }), null);
  assert.equal(sourceRefusal({ ...emptySource, url: "ssh://git@git.example/x" }), null);
  assert.deepEqual(sourceBody({ ...emptySource, url: " https://git.example/x ", intervalSeconds: "300" }), {
    url: "https://git.example/x", ref: "main", path: undefined, interval_seconds: 300, token: undefined, token_user: undefined,
  });
});

const template: Template = {
  name: "t", title: "T", description: "", parameters: [
    { name: "PORT", kind: "port", description: "", default_value: "8080", choices: [] },
    { name: "SIZE", kind: "choice", description: "", choices: ["S", "L"] },
    { name: "PASSWORD", kind: "secret", description: "", choices: [] },
  ],
};

test("a template's form begins with its defaults, and leaves secrets to the server", () => {
  assert.deepEqual(standardValues(template), { PORT: "8080", SIZE: "S", PASSWORD: "" });
  assert.deepEqual(sentValues(template, standardValues(template)), { PORT: "8080", SIZE: "S" });
});

test("values are looked at by their kind", () => {
  const [port, size, password] = template.parameters;
  assert.ok(port && size && password);
  assert.notEqual(valueRefusal(port, "70000"), null);
  assert.equal(valueRefusal(port, "80"), null);
  assert.notEqual(valueRefusal(size, "M"), null);
  assert.equal(valueRefusal(password, ""), null);
});

const file = (path: string, text: string) => ({ path, saved: text, tag: "t", text });
const draft = {
  files: [
    file("compose.yaml", "services:\n  a:\n    image: x:${TAG}\n    # ${NOT}\n    command: $$HOME $PLAIN ${OR:-b} ${MUST:?no}\n"),
    file(".env", "# c\nTAG=1 # why\nexport PLAIN='a b'\nLONG=\"one\ntwo\"\nLAST=x\n"),
  ],
};

test("environment files are read as Compose reads them", () => {
  assert.deepEqual(entriesOf(draft.files[1]?.text ?? ""), [
    { name: "TAG", value: "1", line: 2 }, { name: "PLAIN", value: "a b", line: 3 }, { name: "LONG", value: "one\ntwo", line: 4 }, { name: "LAST", value: "x", line: 6 },
  ]);
  assert.deepEqual([...variablesOf(draft).keys()], ["LAST", "LONG", "PLAIN", "TAG"]);
});

test("the variables that files ask for are found with their places", () => {
  assert.deepEqual([...usesOf(draft).entries()], [
    ["TAG", { places: ["compose.yaml:3"], hasDefault: false }], ["PLAIN", { places: ["compose.yaml:5"], hasDefault: false }],
    ["OR", { places: ["compose.yaml:5"], hasDefault: true }], ["MUST", { places: ["compose.yaml:5"], hasDefault: false }],
  ]);
});
