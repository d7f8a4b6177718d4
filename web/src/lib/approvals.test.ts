import assert from "node:assert/strict";
import test from "node:test";
import { approveVersionCommand, kindOf } from "./approvals.ts";

test("an approval has a command", () =>
  assert.equal(approveVersionCommand({ repo: "shop", stage: "production", version: "3" }), "rhumb cloud policy approve --repo shop --stage production --version 3"));

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
