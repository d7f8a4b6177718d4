import assert from "node:assert/strict";
import test from "node:test";
import type { PolicyReason, PromotionStage } from "../api/types.ts";
import { approveVersionCommand, candidatesOf, kindOf, checksDocument, waitingOf, checksVariables, type Candidate } from "./approvals.ts";

function stage(name: string, envs: string[], approvals: number): PromotionStage {
  return { name, envs, requires: [], coverage: "ALL", soak: null, approvals, onViolation: "FAIL", freezes: [] };
}

function reason(policy: string, message: string): PolicyReason {
  return { policy, message, violation: "FAIL", details: [] };
}

const pushed = { type: "MIGRATION_DIRECTORY", reportOnly: false };
const candidate: Candidate = { repo: "shop", stage: "production", env: "prod-eu", version: "3" };

test("the latest version is asked about, for every stage that takes approvals", () => {
  const policies = [
    { id: "1", repo: null, stages: [stage("staging", ["staging"], 0), stage("production", ["prod-*"], 2)] },
    { id: "2", repo: "billing", stages: [stage("production", ["prod-*"], 0)] },
  ];
  const repos = [
    { ...pushed, slug: "shop", latestVersion: "3" },
    { ...pushed, slug: "billing", latestVersion: "4" },
    { ...pushed, slug: "empty", latestVersion: null },
    { ...pushed, slug: "catalog", type: "SCHEMA", latestVersion: "3" },
    { ...pushed, slug: "reported", reportOnly: true, latestVersion: "3" },
  ];
  assert.deepEqual(candidatesOf(policies, repos, [{ name: "staging" }, { name: "prod-eu" }]), [candidate]);
  assert.deepEqual(candidatesOf(policies, repos, [])[0]?.env, "prod-*");
  assert.deepEqual(candidatesOf([], repos, []), []);
});

test("one document asks about all", () => {
  assert.match(checksDocument([candidate, candidate]), /\$c0: CheckDeploymentInput! \$c1: CheckDeploymentInput!/);
  assert.deepEqual(checksVariables([candidate]), { c0: { repo: "shop", envName: "prod-eu", version: "3" } });
});

test("what lacks approvals waits, with what else keeps it out", () => {
  const soak = reason("production", "version 3 has been in staging for 1h, 24h are required");
  const answer = { allowed: false, reasons: [soak, reason("production", "version 3 has 1 of 2 approvals for production")] };
  assert.deepEqual(waitingOf([candidate], { c0: answer }), [{ ...candidate, given: 1, needed: 2, others: [soak] }]);
  assert.deepEqual(waitingOf([candidate], { c0: { allowed: false, reasons: [soak] } }), []);
  assert.deepEqual(waitingOf([candidate], {}), []);
});

test("an approval has a command", () =>
  assert.equal(approveVersionCommand(candidate), "rhumb cloud policy approve --repo shop --stage production --version 3"));

test("each reason of the registry is of a kind", () => {
  const cases = {
    approvals: "version 3 has 0 of 1 approvals for production",
    content: "version 3 has other content than what passed in staging (1/2 databases)",
    coverage: "version 3 has not passed in staging (1/2 databases)",
    freeze: "deployments to production are frozen until 2027-01-02T00:00:00Z: holidays",
    protection: '"ci" may not deploy "shop" to "prod", which is protected',
    soak: "version 3 has been in staging for 1h, 24h are required",
    other: "something new",
  };
  for (const [kind, message] of Object.entries(cases)) assert.equal(kindOf({ message }), kind);
  assert.equal(kindOf({ message: 'deployments to production are frozen, since it cannot be told when "Fri 16:00 - Mon 08:00 Mars/Base" is' }), "freeze");
});
