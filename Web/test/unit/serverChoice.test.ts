import assert from "node:assert/strict";
import { test } from "node:test";
import { ofServer } from "../../src/app/serverChoice";

test("lists are narrowed to the server that was chosen, and what belongs to none stays", () => {
  const items = [{ server: "local" }, { server: "nas" }, { server: null }, {}];
  assert.deepEqual(ofServer(items, null), items);
  assert.deepEqual(ofServer(items, "nas"), [{ server: "nas" }, { server: null }, {}]);
});
