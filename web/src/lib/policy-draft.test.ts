import assert from "node:assert/strict";
import test from "node:test";
import type { PromotionStage } from "../api/types.ts";
import { changeStage, draftErrors, draftOf, newFreeze, newStage, placeRefusal, raiseStage, removeStage, stagesOf, type StageDraft } from "./policy-draft.ts";

const stages: PromotionStage[] = [
  { name: "staging", envs: ["staging"], requires: [], coverage: "ALL", soak: null, approvals: 0, onViolation: "FAIL", freezes: [] },
  {
    name: "production",
    envs: ["prod", "prod-*"],
    requires: ["staging"],
    coverage: "80%",
    soak: "24h",
    approvals: 1,
    onViolation: "WARN",
    freezes: [
      { weekly: "Fri 16:00 - Mon 08:00", from: null, until: null, reason: "weekend" },
      { weekly: "Fri 16:00 - Mon 08:00 Europe/Berlin", from: null, until: null, reason: null },
      { weekly: null, from: "2026-12-24T00:00:00Z", until: "2027-01-02T12:30:15Z", reason: null },
    ],
  },
];

function at(draft: StageDraft[], place: number): StageDraft {
  const found = draft[place];
  assert.ok(found !== undefined);
  return found;
}

test("a policy goes into the form and comes out the same", () => {
  assert.deepEqual(stagesOf(draftOf(stages)), stages);
  assert.deepEqual(draftErrors(draftOf(stages)), {});
});

test("a renamed stage stays required", () => {
  const draft = draftOf(stages);
  assert.deepEqual(stagesOf(changeStage(draft, at(draft, 0).key, { name: "qa" }))[1]?.requires, ["qa"]);
});

test("a stage that is gone, or behind, is not required any more", () => {
  const draft = draftOf(stages);
  assert.deepEqual(stagesOf(removeStage(draft, at(draft, 0).key))[0]?.requires, []);
  const raised = stagesOf(raiseStage(draft, at(draft, 1).key));
  assert.deepEqual(raised.map(({ name, requires }) => [name, requires]), [["production", []], ["staging", []]]);
  assert.equal(raiseStage(draft, at(draft, 0).key), draft);
});

test("a new stage requires the one before it", () => {
  const first = newStage([]);
  assert.deepEqual(first.requires, []);
  assert.deepEqual(newStage([first]).requires, [first.key]);
});

test("what is wrong is told where it is", () => {
  const draft = draftOf(stages);
  const { key } = at(draft, 1);
  const cases: [Partial<StageDraft>, string, RegExp][] = [
    [{ name: " " }, `${key}.name`, /needs a name/],
    [{ name: "staging" }, `${key}.name`, /Another stage/],
    [{ envs: " , " }, `${key}.envs`, /at least one/],
    [{ coverage: "0%" }, `${key}.coverage`, /percentage/],
    [{ coverage: "most" }, `${key}.coverage`, /percentage/],
    [{ soak: "a day" }, `${key}.soak`, /duration/],
    [{ approvals: "" }, `${key}.approvals`, /0 to 100/],
    [{ approvals: "1.5" }, `${key}.approvals`, /0 to 100/],
    [{ approvals: "101" }, `${key}.approvals`, /0 to 100/],
  ];
  for (const [changes, field, message] of cases) {
    const errors = draftErrors(changeStage(draft, key, changes));
    assert.deepEqual(Object.keys(errors), [field]);
    assert.match(errors[field] ?? "", message);
  }
  assert.match(draftErrors([]).form ?? "", /at least one stage/);
});

test("a freeze is weekly, or ends after it begins", () => {
  const draft = draftOf(stages);
  const cases: [Partial<ReturnType<typeof newFreeze>>, RegExp | null][] = [
    [{ weekly: "fri 16:00-mon 08:00" }, null],
    [{ weekly: "Friday" }, /Fri 16:00/],
    [{ isWeekly: false, from: "2026-01-01T00:00" }, /both times/],
    [{ isWeekly: false, from: "2026-01-02T00:00", until: "2026-01-01T00:00" }, /ends before/],
    [{ isWeekly: false, from: "2026-01-01T00:00", until: "2026-01-02T00:00" }, null],
  ];
  for (const [changes, message] of cases) {
    const freeze = { ...newFreeze(), ...changes };
    const error = draftErrors(changeStage(draft, at(draft, 0).key, { freezes: [freeze] }))[`freeze.${freeze.key}`];
    if (message === null) assert.equal(error, undefined);
    else assert.match(error ?? "", message);
  }
});

test("a weekly freeze is in a zone, UTC without one", () => {
  const draft = draftOf(stages);
  const { key } = at(draft, 0);
  const freeze = { ...newFreeze(), weekly: "Fri 16:00 - Mon 08:00" };
  assert.equal(freeze.zone, "UTC");
  const cases: [string, string | null][] = [
    ["UTC", "Fri 16:00 - Mon 08:00"],
    ["", "Fri 16:00 - Mon 08:00"],
    [" Europe/Berlin ", "Fri 16:00 - Mon 08:00 Europe/Berlin"],
    ["CET 1", null],
  ];
  for (const [zone, weekly] of cases) {
    const changed = changeStage(draft, key, { freezes: [{ ...freeze, zone }] });
    assert.equal(draftErrors(changed)[`zone.${freeze.key}`] === undefined, weekly !== null);
    if (weekly !== null) assert.equal(stagesOf(changed)[0]?.freezes[0]?.weekly, weekly);
  }
  const once = { ...freeze, isWeekly: false, zone: "CET 1", from: "2026-01-01T00:00", until: "2026-01-02T00:00" };
  assert.deepEqual(draftErrors(changeStage(draft, key, { freezes: [once] })), {});
});

test("a percentage may be a number, a time may lack its seconds", () => {
  const draft = draftOf(stages);
  const freezes = [{ ...newFreeze(), isWeekly: false, from: "2026-01-01T00:00", until: "2026-01-02T00:00:01" }];
  const stage = stagesOf(changeStage(draft, at(draft, 0).key, { coverage: "80", freezes }))[0];
  assert.equal(stage?.coverage, "80%");
  assert.deepEqual(stage?.freezes, [{ weekly: null, from: "2026-01-01T00:00:00Z", until: "2026-01-02T00:00:01Z", reason: null }]);
});

test("a refusal of the registry goes to its field", () => {
  const draft = draftOf(stages);
  const { key } = at(draft, 1);
  const cases: [string, string][] = [
    ['stage "production": soak "9999h" is none; write a duration such as 24h or 90m', `${key}.soak`],
    ['stage "production": coverage "x" is none; use ALL, ANY or a percentage such as 80%', `${key}.coverage`],
    ['stage "production": weekly freeze "x" is none', `${key}.freezes`],
    ['stage "production": time zone "Mars/Base" is not in /usr/share/zoneinfo, where the package tzdata puts them', `${key}.freezes`],
    ['stage "production": environment must not be longer than 255 bytes', `${key}.envs`],
    ['stage "production": it requires "x", which is no stage before it', `${key}.requires`],
    ['dir "nobody" not found', "repo"],
    ["stage name must not be longer than 255 bytes", "form"],
    ["the store is away", "form"],
  ];
  for (const [message, field] of cases) assert.deepEqual(Object.keys(placeRefusal(message, draft)), [field], message);
});
