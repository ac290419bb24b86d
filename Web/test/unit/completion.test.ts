import assert from "node:assert/strict";
import { test } from "node:test";
import { complete, imageTyped, namesUnder, pathAt, referenceAt } from "../../src/editor/completion";
import { variableText } from "../../src/editor/variableText";

const text = `services:
  web:
    image: hello
    depends_on:
      - 
    networks: [fr
    ${""}
    deploy:
      resources:
        limits:
          
  back:
    image: "x:\${WH"
    depends_on:
      
networks:
  front: {}
  rear:
`;
const at = (line: number, column: number) => complete(text, line, column, ["WHO", "PORT"]);
const labels = (line: number, column: number) => at(line, column).items.map((item) => item.label);

test("the keys above a line are found by indentation", () => {
  assert.deepEqual(pathAt(text.split("\n"), 11, 10), ["services", "web", "deploy", "resources", "limits"]);
  assert.deepEqual(pathAt(text.split("\n"), 3, 4), ["services", "web"]);
  assert.deepEqual(pathAt(text.split("\n"), 1, 0), []);
});

test("declared names are those of the first level of their section", () => {
  assert.deepEqual(namesUnder(text.split("\n"), "services"), ["web", "back"]);
  assert.deepEqual(namesUnder(text.split("\n"), "networks"), ["front", "rear"]);
  assert.deepEqual(namesUnder(text.split("\n"), "volumes"), []);
});

test("a list of services offers services, one of networks in brackets networks", () => {
  assert.deepEqual(labels(5, 9), ["web", "back"]);
  assert.deepEqual(labels(6, 18), ["front"]);
});

test("keys are those of their level", () => {
  assert.ok(labels(7, 5).includes("healthcheck"));
  assert.deepEqual(labels(11, 11), ["cpus", "memory", "pids"]);
  assert.deepEqual(complete("ser", 1, 4, []).items, [{ label: "services", insert: "services: " }]);
});

test("the long form of depends_on offers services as keys", () => {
  assert.deepEqual(labels(15, 7), ["web", "back"]);
});

test("variables are offered behind a dollar sign, from where their name begins", () => {
  assert.deepEqual(labels(13, 19), ["WHO"]);
  assert.equal(at(13, 19).column, 17);
});

test("in the middle of a value nothing is offered", () => {
  assert.deepEqual(labels(3, 14), []);
});

test("the variable under the pointer is found, and an escaped dollar is none", () => {
  const line = "image: ${REPO:-x}/$NAME $$HOME";
  assert.deepEqual(referenceAt(line, 7), { name: "REPO", fallback: "x" });
  assert.deepEqual(referenceAt(line, 16), { name: "REPO", fallback: "x" });
  assert.deepEqual(referenceAt(line, 20), { name: "NAME", fallback: null });
  assert.equal(referenceAt(line, 26), null);
  assert.equal(referenceAt(line, 2), null);
});

test("a variable is told with its value and its source, a secret one without its value", () => {
  const known = new Map([["TAG", { value: "1.0", source: ".env:2" }], ["KEY", { value: null, source: "sealed on the server" }]]);
  assert.equal(variableText("image: x:${TAG}", 10, known), "TAG = 1.0 (.env:2)");
  assert.equal(variableText("key: $KEY", 6, known), "KEY is sealed on the server");
  assert.equal(variableText("port: ${PORT:-80}", 8, known), "PORT is not set: 80 stands for it");
  assert.equal(variableText("port: ${PORT:?no}", 8, known), "PORT is not set");
  assert.equal(variableText("port: 80", 7, known), "");
});

test("images of the server are offered behind image, from where their name begins", () => {
  const file = "services:\n  web:\n    image: slipway/h";
  assert.equal(imageTyped(file, 3, 21), "slipway/h");
  assert.equal(imageTyped(file, 2, 7), null);
  assert.deepEqual(complete(file, 3, 21, [], ["slipway/base:1", "slipway/hello:1.0"]), { column: 12, items: [{ label: "slipway/hello:1.0", insert: "slipway/hello:1.0" }] });
});
