import assert from "node:assert/strict";
import { test } from "node:test";
import { complete, namesUnder, pathAt, variableAt } from "../../src/editor/completion";

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
  assert.equal(variableAt(line, 7), "REPO");
  assert.equal(variableAt(line, 16), "REPO");
  assert.equal(variableAt(line, 20), "NAME");
  assert.equal(variableAt(line, 26), null);
  assert.equal(variableAt(line, 2), null);
});
