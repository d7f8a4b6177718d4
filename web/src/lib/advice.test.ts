import assert from "node:assert/strict";
import test from "node:test";
import type { DeployedFile } from "../api/types.ts";
import { advise, applyCommand, countSet, failedCheck, rerunCommands, shellWord, succeededStatements } from "./advice.ts";

const file: DeployedFile = {
  name: "2_posts.sql",
  version: "2",
  desc: "posts",
  content: "",
  startTime: "2026-05-14T08:30:00Z",
  endTime: "2026-05-14T08:30:01Z",
  skipped: 0,
  applied: 3,
  checks: [],
  slowest: [],
  error: { stmt: "CREATE TABLE posts (id int)", text: "table posts already exists" },
};

const run = {
  envName: "prod",
  error: "table posts already exists",
  files: [file],
  fromVersion: "1",
  currentVersion: "1",
  dirTag: "267b9d1",
  repo: { slug: "app", reportOnly: false },
  database: { url: "postgres://u:xxxxx@db/app?sslmode=disable" },
};

test("a rolled back file is repaired and the head deployed", () => {
  const advice = advise(run);
  assert.equal(advice.title, "The file was rolled back");
  assert.match(advice.sentences[0] ?? "", /at version 1/);
  assert.deepEqual(advice.commands, [
    "rhumb migrate hash",
    "rhumb migrate push app --env prod",
    "rhumb migrate apply --env prod --dir atlas://app --url 'postgres://u:xxxxx@db/app?sslmode=disable'",
  ]);
});

test("a half applied file keeps what is done", () => {
  const advice = advise({ ...run, currentVersion: "2" });
  assert.equal(advice.title, "The file is half applied");
  assert.match(advice.sentences[0] ?? "", /^2 statements of 2_posts.sql are in the database/);
});

test("statements of an earlier partial run count, the failing one does not", () => {
  assert.equal(succeededStatements(file), 2);
  assert.equal(succeededStatements({ ...file, error: null }), 3);
  assert.match(advise({ ...run, currentVersion: "2", files: [{ ...file, applied: 1, skipped: 1 }] }).sentences[0] ?? "", /^1 statement of .* is in/);
});

test("the first statement fails without a transaction: nothing is in the database", () => {
  assert.equal(advise({ ...run, currentVersion: "2", files: [{ ...file, applied: 1 }] }).title, "The file was rolled back");
});

test("a check that does not hold asks for the data, not for a new push", () => {
  const checks = [{ name: "safety", start: "", end: "", checks: [{ stmt: "SELECT 0", error: "assertion failed" }], error: null }];
  const advice = advise({ ...run, files: [{ ...file, error: null, applied: 0, checks }] });
  assert.equal(advice.title, "A check before the file did not hold");
  assert.equal(advice.commands.length, 1);
  assert.deepEqual(failedCheck({ ...file, checks }), { stmt: "SELECT 0", error: "assertion failed" });
});

test("a run without files executed nothing", () => {
  assert.match(advise({ ...run, files: [], error: "checksum mismatch" }).title, /checksum/);
  assert.match(advise({ ...run, files: [], error: "connection refused" }).commands[0] ?? "", /^rhumb migrate status --env prod/);
});

test("directories that were never pushed are deployed from where they are", () => {
  const reportOnly = { ...run, repo: { slug: "app", reportOnly: true } };
  assert.deepEqual(advise(reportOnly).commands, ["rhumb migrate hash", "rhumb migrate apply --env prod --url 'postgres://u:xxxxx@db/app?sslmode=disable'"]);
  assert.equal(applyCommand({ ...run, envName: "my env" }, ""), "rhumb migrate apply --env 'my env' --dir 'atlas://app?tag=267b9d1'");
});

test("only what is plain goes unquoted into a shell", () => {
  assert.equal(shellWord("sqlite://a.db"), "sqlite://a.db");
  assert.equal(shellWord("it's $HOME"), `'it'\\''s $HOME'`);
  assert.equal(shellWord(""), "''");
});

test("a set is run again for what failed or never began", () => {
  const targets = [
    { status: "PASSED" as const, database: { url: "sqlite://a.db" } },
    { status: "FAILED" as const, database: { url: "sqlite://b.db" } },
    { status: "FAILED" as const, database: null },
  ];
  assert.deepEqual(rerunCommands({ ...run, dirTag: null, notStarted: ["sqlite://c.db", "sqlite://b.db"] }, targets), [
    "rhumb migrate apply --env prod --dir atlas://app --url sqlite://b.db",
    "rhumb migrate apply --env prod --dir atlas://app --url sqlite://c.db",
  ]);
  assert.deepEqual(countSet({ targetsTotal: 5, targetsSucceeded: 2 }, 1), { planned: 5, succeeded: 2, failed: 1, notStarted: 2 });
  assert.deepEqual(countSet({ targetsTotal: null, targetsSucceeded: null }, 1), { planned: 0, succeeded: 0, failed: 1, notStarted: 0 });
});
