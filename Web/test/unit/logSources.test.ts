import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { paneCount, suffixOf, withoutPane } from "../../src/pages/logs/panes";
import { chosenWith, fitting, sourceTree } from "../../src/pages/logs/sourceNodes";
import { sourcesIn, targetOf } from "../../src/pages/logs/sources";

const containers = [
  { name: "media-web-1", server: "nas", stack: "media", service: "web" }, { name: "media-db-1", server: "nas", stack: "media", service: "db" },
  { name: "lonely", server: "nas", stack: null, service: null },
];
const tree = sourceTree(["nas", "home"], [{ id: "media@nas", name: "media", server: "nas" }, { id: "blog@home", name: "blog", server: "home" }], containers);

describe("the tree of sources", () => {
  it("has servers, their stacks, services and containers, and containers of no stack", () => {
    assert.deepEqual(tree.map((node) => node.source), ["@home", "@nas"]);
    const nas = tree[1];
    assert.deepEqual(nas?.children.map((node) => node.source), ["media@nas", "@nas/lonely"]);
    assert.deepEqual(nas?.children[0]?.children.map((node) => [node.source, node.children.map((one) => one.source)]), [
      ["media@nas/db", ["@nas/media-db-1"]], ["media@nas/web", ["@nas/media-web-1"]],
    ]);
  });
  it("is searched by any name, with the way to what was found", () => {
    assert.deepEqual(fitting(tree, "DB-1").map((node) => [node.source, node.children.map((one) => one.source)]), [["@nas", ["media@nas"]]]);
    assert.equal(fitting(tree, "nothing").length, 0);
    assert.equal(fitting(tree, " "), tree);
  });
  it("takes what is inside of a chosen thing with it", () => {
    const media = tree[1]?.children[0] ?? assert.fail();
    assert.deepEqual(chosenWith(["media@nas/db", "@nas/media-web-1", "@home"], media, true), ["@home", "media@nas"]);
    assert.deepEqual(chosenWith(["@home", "media@nas"], media, false), ["@home"]);
  });
});

describe("a source in the address", () => {
  it("names a stack, a service, a server or a container", () => {
    assert.deepEqual(targetOf("media@nas"), { stack: "media", server: "nas" });
    assert.deepEqual(targetOf("media@nas/db"), { stack: "media", server: "nas", service: "db" });
    assert.deepEqual(targetOf("@nas"), { server: "nas" });
    assert.deepEqual(targetOf("@nas/lonely"), { server: "nas", container: "lonely" });
    assert.deepEqual(targetOf("media"), { stack: "media" });
  });
  it("that is none is left out", () => assert.deepEqual(sourcesIn(new URLSearchParams("source=,@,media@nas,/"), ""), ["media@nas"]));
});

describe("panes", () => {
  it("are one to four", () => {
    assert.deepEqual(["", "panes=3", "panes=9", "panes=-1", "panes=x"].map((query) => paneCount(new URLSearchParams(query))), [1, 3, 4, 1, 1]);
  });
  it("move up when one goes, with all that is theirs", () => {
    const query = new URLSearchParams("panes=3&source=a&query=x&source2=b&source3=c&levels3=error");
    const changes = withoutPane(query, 0);
    assert.deepEqual([changes.panes, changes.source, changes.query, changes.source2, changes.levels2, changes.source3], ["2", "b", null, "c", "error", null]);
    assert.equal(withoutPane(new URLSearchParams("panes=2&source=a&source2=b"), 1).panes, null);
    assert.equal(suffixOf(0) + suffixOf(1), "2");
  });
});
