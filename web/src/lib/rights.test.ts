import assert from "node:assert/strict";
import test from "node:test";
import { mayAdminister, mayApprove } from "./rights.ts";

test("administrators and owners administer, and approve", () => {
  for (const role of ["ADMIN", "OWNER"]) {
    assert.ok(mayAdminister({ roles: [role], scopes: [] }));
    assert.ok(mayApprove({ roles: [role], scopes: [] }));
  }
});

test("approvers and programs with the scope approve, nothing more", () => {
  for (const held of [
    { roles: ["APPROVER"], scopes: [] },
    { roles: [], scopes: ["cloud:read", "plan:approve"] },
  ]) {
    assert.ok(mayApprove(held));
    assert.ok(!mayAdminister(held));
  }
});

test("others do neither", () => {
  const held = { roles: ["VIEWER", "DEVELOPER", "DEPLOYER"], scopes: ["cloud:read"] };
  assert.ok(!mayAdminister(held));
  assert.ok(!mayApprove(held));
});
