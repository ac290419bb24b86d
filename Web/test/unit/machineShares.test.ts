import assert from "node:assert/strict";
import { test } from "node:test";
import { machineShares } from "../../src/pages/servers/machineShares";

const whole = { load: [1.5, 1, 1], processors: 4, memory_bytes: 4 << 20, available_memory_bytes: 1 << 20, root_disk: { path: "/var/lib/docker", size_bytes: 100, free_bytes: 25 } };

test("a machine tells its load, memory and disk", () => {
  assert.deepEqual(machineShares(whole).map((share) => [share.name, share.used / share.of]), [["CPU", 0.375], ["Memory", 0.75], ["Disk", 0.75]]);
  assert.equal(machineShares(whole)[0]?.text, "load 1.5 of 4");
});

test("what its engine cannot tell is left out", () => {
  assert.deepEqual(machineShares({ ...whole, load: null, available_memory_bytes: null, root_disk: null }), []);
});
