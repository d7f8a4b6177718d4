import assert from "node:assert/strict";
import test from "node:test";
import { auditFilters, exportCommand, exportPath, isRefusal, parseCheckpoints, verifyCommand } from "./audit.ts";

const search = "?actor=ann&action=policy.set,policy.delete&object=repo%2Fshop&after=12";

test("filters are those of the address, without the place in the list", () => {
  assert.deepEqual(auditFilters(search), { actor: "ann", actions: ["policy.set", "policy.delete"], object: "repo/shop" });
  assert.deepEqual(auditFilters("?from=nonsense"), {});
});

test("the last day counts in full", () => {
  const { from, to } = auditFilters("?from=2026-05-14&to=2026-05-14");
  assert.equal(Date.parse(String(to)) - Date.parse(String(from)), 86_400_000);
});

test("an export is of the same entries, over HTTP and from the command line", () => {
  assert.equal(exportPath(search, "csv"), "/audit/export?format=csv&actor=ann&action=policy.set%2Cpolicy.delete&object=repo%2Fshop");
  assert.equal(exportPath("", "jsonl"), "/audit/export?format=jsonl");
  assert.equal(
    exportCommand("?actor=Ann Lee&object=repo/shop"),
    "rhumb audit export --data /var/lib/rhumb --actor 'Ann Lee' --object repo/shop -o audit.jsonl",
  );
});

test("checkpoints are listed from the newest on", () => {
  const line = (seq: number): string => JSON.stringify({ seq, hash: `h${seq}`, time: "2026-05-14T08:30:00Z" });
  assert.deepEqual(parseCheckpoints(`${line(1)}\n${line(7)}\n`).map(({ seq }) => seq), [7, 1]);
  assert.deepEqual(parseCheckpoints(""), []);
});

test("the newest entry is what verify must find", () => {
  assert.equal(verifyCommand({ seq: "7", hash: "9f" }), "rhumb audit verify --data /var/lib/rhumb --checkpoint 7:9f");
  assert.equal(verifyCommand(undefined), "rhumb audit verify --data /var/lib/rhumb");
});

test("refusals are of requests, logins and runs", () => {
  assert.deepEqual(
    ["request.refused", "login.fail", "policy.block", "policy.set"].map((action) => isRefusal({ action })),
    [true, true, true, false],
  );
});
