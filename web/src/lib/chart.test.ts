import assert from "node:assert/strict";
import test from "node:test";
import { place, stack } from "./chart.ts";

test("counts share the width", () => {
  assert.deepEqual(stack([1, 1, 2]), [
    { start: 0, length: 0.25 },
    { start: 0.25, length: 0.25 },
    { start: 0.5, length: 0.5 },
  ]);
  assert.deepEqual(stack([0, 0]), [
    { start: 0, length: 0 },
    { start: 0, length: 0 },
  ]);
});

test("one failure among thousands is visible and the sum stays one", () => {
  const [many, none, one] = stack([9999, 0, 1]);
  assert.equal(none?.length, 0);
  assert.ok((one?.length ?? 0) > 0.019);
  assert.ok(Math.abs((many?.length ?? 0) + (one?.length ?? 0) - 1) < 1e-9);
});

test("spans lie inside the run", () => {
  const from = "2026-05-14T08:00:00Z";
  const to = "2026-05-14T08:00:10Z";
  assert.deepEqual(place({ from: "2026-05-14T08:00:05Z", to }, from, to), { start: 0.5, length: 0.5 });
  assert.deepEqual(place({ from: "2026-05-14T07:59:00Z", to: null }, from, to), { start: 0, length: 1 });
  assert.ok(place({ from: to, to }, from, to).length > 0);
  assert.deepEqual(place({ from, to: from }, from, from), { start: 0, length: 1 });
  assert.deepEqual(place({ from: "?", to: null }, "?", "?"), { start: 0, length: 1 });
});
