import assert from "node:assert/strict";
import { test } from "node:test";
import { unusualEvents, webhookEvents } from "../text-webhooks.ts";
import { eventsOf, listOf, stateOf, toldOf, wishOf } from "./webhooks.ts";

test("a list is written with commas or blanks", () => {
  assert.deepEqual(listOf(" prod, prod-*  staging ,"), ["prod", "prod-*", "staging"]);
  assert.deepEqual(listOf(""), []);
});

test("the usual events are chosen by choosing none", () => {
  const usual = webhookEvents.map(([name]) => name).filter((name) => !unusualEvents.includes(name));
  assert.deepEqual(eventsOf(usual), []);
  assert.deepEqual(eventsOf(usual.slice(1)), usual.slice(1));
  assert.deepEqual(eventsOf([...usual, "deployment.dry_run"]).length, usual.length + 1);
});

test("a wish leaves out what was left empty", () => {
  const data = new FormData();
  for (const [name, value] of [["type", "SLACK"], ["url", " https://x "], ["secret", ""], ["repo", ""], ["envs", "prod"], ["event", "dir.pushed"], ["event", "tag.moved"]] as const) data.append(name, value);
  assert.deepEqual(wishOf(data), { type: "SLACK", url: "https://x", envs: ["prod"], events: ["dir.pushed", "tag.moved"] });
});

test("a webhook is enabled, failing or disabled", () => {
  assert.equal(stateOf({ enabled: true, failingSince: null }), "enabled");
  assert.equal(stateOf({ enabled: true, failingSince: "2026-01-01T00:00:00Z" }), "failing");
  assert.equal(stateOf({ enabled: false, failingSince: "2026-01-01T00:00:00Z" }), "disabled");
});

test("many events are told in part", () => {
  assert.equal(toldOf({ events: [] }), "the usual events");
  assert.equal(toldOf({ events: ["a", "b", "c"] }), "a, b, c");
  assert.equal(toldOf({ events: ["a", "b", "c", "d"] }), "a, b and 2 more");
});
