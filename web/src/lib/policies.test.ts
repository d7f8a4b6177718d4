import assert from "node:assert/strict";
import test from "node:test";
import type { PromotionStage } from "../api/types.ts";
import {
  columnsOf,
  environmentCommand,
  ephemeralCommand,
  ephemeralRemoveCommand,
  fitsGlob,
  hclText,
  policyCheckCommand,
  policyFile,
  policyOf,
  policyRemoveCommand,
  policySetCommand,
  rulesOf,
  stageOf,
} from "./policies.ts";

function stage(name: string, changes: Partial<PromotionStage> = {}): PromotionStage {
  return { name, envs: [name], requires: [], coverage: "ALL", soak: null, approvals: 0, onViolation: "FAIL", freezes: [], ...changes };
}

test("globs fit as the registry reads them", () => {
  const cases: [string, string, boolean][] = [
    ["prod", "prod", true],
    ["prod", "prod-eu", false],
    ["prod-*", "prod-eu", true],
    ["prod-*", "prod", false],
    ["prod-?", "prod-1", true],
    ["*", "", true],
    ["a.b", "axb", false],
    ["(x", "(x", true],
  ];
  for (const [glob, name, fits] of cases) assert.equal(fitsGlob(glob, name), fits, `${glob} ${name}`);
});

test("the first stage that fits is the one of an environment", () => {
  const stages = [stage("eu", { envs: ["prod-eu"] }), stage("prod", { envs: ["prod", "prod-*"] })];
  assert.equal(stageOf(stages, "prod-eu")?.name, "eu");
  assert.equal(stageOf(stages, "prod-us")?.name, "prod");
  assert.equal(stageOf(stages, "dev"), undefined);
});

test("a repository has its own policy, or that of every other", () => {
  const every = { id: "1", repo: null, stages: [] };
  const own = { id: "2", repo: "shop", stages: [] };
  assert.equal(policyOf([every, own], "shop"), own);
  assert.equal(policyOf([every, own], "billing"), every);
  assert.equal(policyOf([own], "billing"), undefined);
});

test("each stage stands to the right of all that it requires", () => {
  const stages = [stage("dev"), stage("qa"), stage("staging", { requires: ["dev"] }), stage("prod", { requires: ["qa", "staging"] })];
  assert.deepEqual(
    columnsOf(stages).map((column) => column.map(({ name }) => name)),
    [["dev", "qa"], ["staging"], ["prod"]],
  );
  assert.deepEqual(columnsOf([]), []);
});

test("the rules of a stage are sentences", () => {
  const freezes = [
    { weekly: "Fri 16:00 - Mon 08:00", from: null, until: null, reason: "weekend" },
    { weekly: "Fri 16:00 - Mon 08:00 Europe/Berlin", from: null, until: null, reason: null },
    { weekly: null, from: "2026-12-24T00:00:00Z", until: "2027-01-02T00:00:00Z", reason: null },
  ];
  assert.deepEqual(rulesOf(stage("prod", { requires: ["staging"], soak: "24h", coverage: "80%", approvals: 2, freezes })), [
    "passed in staging in 80% of the databases, at least 24h ago",
    "2 approvals",
    "not Fri 16:00 - Mon 08:00 UTC (weekend)",
    "not Fri 16:00 - Mon 08:00 Europe/Berlin",
    "not from 2026-12-24 00:00:00 UTC until 2027-01-02 00:00:00 UTC",
  ]);
  assert.deepEqual(rulesOf(stage("dev")), []);
});

test("a policy is written as its command reads it", () => {
  const freezes = [
    { weekly: "Fri 16:00 - Mon 08:00", from: null, until: null, reason: "weekend" },
    { weekly: null, from: "2026-12-24T00:00:00Z", until: "2027-01-02T00:00:00Z", reason: null },
  ];
  const stages = [stage("staging"), stage("production", { envs: ["prod", "prod-*"], requires: ["staging"], coverage: "ANY", soak: "24h", approvals: 1, onViolation: "WARN", freezes })];
  assert.equal(
    policyFile(stages),
    `stage "staging" {
  env = ["staging"]
}
stage "production" {
  env          = ["prod", "prod-*"]
  requires     = ["staging"]
  coverage     = "ANY"
  soak         = "24h"
  approvals    = 1
  on_violation = WARN
  freeze {
    weekly = "Fri 16:00 - Mon 08:00"
    reason = "weekend"
  }
  freeze {
    from  = "2026-12-24T00:00:00Z"
    until = "2027-01-02T00:00:00Z"
  }
}
`,
  );
});

test("texts of HCL hide what it would read", () => assert.equal(hclText('a"b\\c${d}%{e}\n'), '"a\\"b\\\\c$${d}%%{e}\\n"'));

test("what a form does has a command", () => {
  assert.equal(policySetCommand("team/shop", [stage("dev")]), `rhumb cloud policy set --repo team/shop --file - <<'END'\nstage "dev" {\n  env = ["dev"]\n}\nEND`);
  assert.equal(policySetCommand(null, [stage("dev")]).split("\n")[0], "rhumb cloud policy set --file - <<'END'");
  assert.equal(policyRemoveCommand({ id: "7", repo: "shop" }), "rhumb cloud policy rm --repo shop");
  assert.equal(policyRemoveCommand({ id: "7", repo: null }), "rhumb cloud policy rm --id 7");
  assert.equal(policyCheckCommand({ repo: "shop", env: "prod eu", version: "3" }), "rhumb cloud policy check --repo shop --env 'prod eu' --version 3");
  assert.equal(environmentCommand({ name: "prod", rank: 2, protected: true }), "rhumb cloud env update --name prod --rank 2 --protected=true");
  assert.equal(ephemeralCommand({ glob: "pr-*", hours: 72 }), "rhumb cloud env ephemeral set --glob 'pr-*' --ttl 72h");
  assert.equal(ephemeralRemoveCommand("pr-*"), "rhumb cloud env ephemeral rm --glob 'pr-*'");
  assert.equal(environmentCommand({ name: "prod", protected: false }), "rhumb cloud env update --name prod --protected=false");
});
