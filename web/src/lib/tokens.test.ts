import assert from "node:assert/strict";
import test from "node:test";
import { expiryAfter, rightsOf, stateOf } from "./tokens.ts";

const now = Date.parse("2026-05-14T08:30:00Z");

test("a token ends when it is revoked or its time is over", () => {
  assert.equal(stateOf({ expiresAt: null, revokedAt: null }, now), "active");
  assert.equal(stateOf({ expiresAt: "2026-05-14T08:30:01Z", revokedAt: null }, now), "active");
  assert.equal(stateOf({ expiresAt: "2026-05-14T08:30:00Z", revokedAt: null }, now), "expired");
  assert.equal(stateOf({ expiresAt: "2026-01-01T00:00:00Z", revokedAt: "2025-01-01T00:00:00Z" }, now), "revoked");
});

test("expiry", () => {
  assert.equal(expiryAfter(0, now), null);
  assert.equal(expiryAfter(30, now), "2026-06-13T08:30:00.000Z");
});

test("rights", () => {
  assert.equal(rightsOf({ scopes: ["dir:read"], grants: [{ role: "ADMIN" }] }), "admin, dir:read");
  assert.equal(rightsOf({ scopes: [], grants: [] }), "nothing");
});
