import assert from "node:assert/strict";
import test from "node:test";
import { differences } from "./difference.ts";

test("only what is other is told, by its path", () => {
  const before = { rank: 1, protected: false, stages: [{ name: "prod", soak: "24h" }] };
  const after = { rank: 1, protected: true, stages: [{ name: "prod", soak: "48h" }] };
  assert.deepEqual(differences(before, after), [
    { path: "protected", before: "false", after: "true" },
    { path: "stages[0].soak", before: "24h", after: "48h" },
  ]);
});

test("what is new or gone has one side", () => {
  assert.deepEqual(differences(null, { name: "ci" }), [{ path: "name", before: null, after: "ci" }]);
  assert.deepEqual(differences({ name: "ci" }, null), [{ path: "name", before: "ci", after: null }]);
  assert.deepEqual(differences({ a: null }, { a: 0 }), [{ path: "a", before: null, after: "0" }]);
});

test("lists are compared by place, empty ones are values", () => {
  assert.deepEqual(differences({ envs: ["a", "b"] }, { envs: ["a"] }), [{ path: "envs[1]", before: "b", after: null }]);
  assert.deepEqual(differences({ envs: ["a"] }, { envs: [] }), [
    { path: "envs[0]", before: "a", after: null },
    { path: "envs", before: null, after: "[]" },
  ]);
});

test("the same, and nothing at all, differ in nothing", () => {
  assert.deepEqual(differences({ a: [1, { b: "" }] }, { a: [1, { b: "" }] }), []);
  assert.deepEqual(differences(null, null), []);
  assert.deepEqual(differences("a", "b"), [{ path: "", before: "a", after: "b" }]);
});
