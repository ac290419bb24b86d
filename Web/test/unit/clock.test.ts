import assert from "node:assert/strict";
import { test } from "node:test";
import { hearDate, serverNow } from "../../src/api/clock";

test("moments are compared with the server's clock, where it is another one", () => {
  const near = (difference: number) => Math.abs(serverNow() - Date.now() - difference) < 1000;
  hearDate(null);
  assert.ok(near(0));
  hearDate(new Date(Date.now() + 180_000).toUTCString());
  assert.ok(near(180_000));
  hearDate("nonsense");
  assert.ok(near(180_000), "what cannot be read changes nothing");
  hearDate(new Date().toUTCString());
  assert.ok(near(0), "whole seconds are no difference");
});
