import assert from "node:assert/strict";
import test from "node:test";
import type { Grant } from "../api/types.ts";
import { mayAdminister, mayApprove, mayApproveIn } from "./rights.ts";

function grant(role: string, changes: Partial<Grant> = {}): Grant {
  return { role, repo: null, project: null, envName: null, ...changes };
}

test("administrators and owners administer, and approve", () => {
  for (const role of ["ADMIN", "OWNER"]) {
    assert.ok(mayAdminister({ roles: [role] }));
    assert.ok(mayApprove({ grants: [grant(role)], scopes: [] }));
  }
});

test("approvers and programs with the scope approve, nothing more", () => {
  assert.ok(mayApprove({ grants: [grant("APPROVER")], scopes: [] }));
  assert.ok(mayApprove({ grants: [], scopes: ["cloud:read", "plan:approve"] }));
  assert.ok(!mayAdminister({ roles: ["APPROVER"] }));
});

test("others do neither", () => {
  const roles = ["VIEWER", "DEVELOPER", "DEPLOYER"];
  assert.ok(!mayApprove({ grants: roles.map((role) => grant(role)), scopes: ["cloud:read"] }));
  assert.ok(!mayAdminister({ roles }));
});

test("who approves in a part only approves there", () => {
  const ofShops = { grants: [grant("VIEWER"), grant("APPROVER", { repo: "shop-*" })], scopes: [] };
  assert.ok(mayApprove(ofShops));
  assert.ok(mayApproveIn(ofShops, "shop-eu"));
  assert.ok(!mayApproveIn(ofShops, "billing"));
  const inStaging = { grants: [grant("APPROVER", { envName: "staging" })], scopes: [] };
  assert.ok(mayApproveIn(inStaging, "shop", "staging"));
  assert.ok(!mayApproveIn(inStaging, "shop", "prod"));
  assert.ok(!mayApproveIn(inStaging, "shop"), "a version is of no environment");
  assert.ok(mayApproveIn({ grants: [grant("APPROVER", { project: "x" })], scopes: [] }, "shop"));
});
