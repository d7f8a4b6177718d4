import assert from "node:assert/strict";
import test from "node:test";
import { countsOf, sumUp } from "./counts.ts";

test("what neither failed nor waits is synced", () => {
  const prod = { name: "prod", databases: 5, failed: 1, pending: 2, ephemeralHours: null };
  assert.deepEqual(countsOf(prod), { failed: 1, pending: 2, synced: 2 });
  assert.deepEqual(sumUp([prod, { name: "dev", databases: 1, failed: 0, pending: 0, ephemeralHours: null }]), { failed: 1, pending: 2, synced: 3 });
  assert.deepEqual(sumUp([prod, { name: "pr-7", databases: 4, failed: 4, pending: 0, ephemeralHours: 72 }]), countsOf(prod));
  assert.deepEqual(sumUp([]), { failed: 0, pending: 0, synced: 0 });
});
