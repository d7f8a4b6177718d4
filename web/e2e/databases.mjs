// What people decide about databases: whether two of them are one.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { step } from "./harness.mjs";

const report = `mutation R($input: ReportMigrationInput!) { reportMigration(input: $input) { url } }`;
const latest = `query D($input: DatabaseInput!) { database(input: $input) { id name duplicateOf } }`;

/** A run that left a database of its own repository at version 1. */
export function ran(id, host, changes = {}) {
  const now = new Date().toISOString();
  return {
    projectName: "default",
    envName: "production",
    dirName: "copies",
    atlasVersion: "Atlas CLI v1.2.4",
    target: { id, schema: "public", url: `postgres://app:xxxxx@${host}:5432/orders` },
    startTime: now,
    endTime: now,
    fromVersion: "",
    toVersion: "1",
    currentVersion: "1",
    files: [],
    log: "",
    ...changes,
  };
}

/** Two databases with one identifier. -> the second, which names the first */
async function copy(api, name) {
  const id = randomUUID();
  for (const host of [`${name}.internal`, `${name}-copy.internal`]) await api(report, { input: ran(id, host) });
  return (await api(latest, { input: { extID: id } })).database;
}

export async function identities(browser, { api }) {
  const { page } = browser;
  const notice = page.getByRole("region", { name: "Same identifier" });
  await step("different databases with one identifier are kept apart", async () => {
    const { id, name, duplicateOf } = await copy(api, "different");
    await browser.go(`/databases/${id}`, name);
    await notice.waitFor();
    await browser.checkAccessibility();
    await notice.getByRole("button", { name: "They are different" }).click();
    await page.getByRole("dialog", { name: "Keep two databases apart" }).waitFor();
    await browser.checkAccessibility();
    await page.getByRole("button", { name: "Cancel" }).click();
    await notice.waitFor();
    await notice.getByRole("button", { name: "They are different" }).click();
    await page.getByRole("button", { name: "Keep apart" }).click();
    await notice.waitFor({ state: "detached" });
    await page.goto(`${browser.base}/databases/${duplicateOf}`);
    await page.locator(".facts").first().waitFor();
    assert.equal(await notice.count(), 0, "the other one tells of nothing, either");
  });
  await step("one database with two rows becomes one, and the old address leads there", async () => {
    const { id, name, duplicateOf } = await copy(api, "same");
    await browser.go(`/databases/${id}`, name);
    await notice.getByRole("button", { name: "Merge into the other one" }).click();
    const dialog = page.getByRole("dialog", { name: "Merge two databases" });
    await dialog.getByText("postgres://app:xxxxx@same.internal:5432/orders").waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(390);
    await dialog.getByRole("button", { name: "Merge", exact: true }).click();
    await page.waitForURL(`**/databases/${duplicateOf}`);
    await page.locator(".facts").first().waitFor();
    assert.equal(await notice.count(), 0);
    assert.equal(await page.getByRole("row").count(), 3, "it has the deployments of both");
    await browser.go(`/databases/${id}`, name);
    await page.getByText("It was merged into another database").waitFor();
    await browser.checkAccessibility();
    await page.getByRole("link", { name: "Go there" }).click();
    await page.waitForURL(`**/databases/${duplicateOf}`);
  });
  await step("a merge is taken back on the page of what was merged", async () => {
    const { id, name, duplicateOf } = await copy(api, "mistaken");
    await api(`mutation M($input: MergeDatabasesInput!) { mergeDatabases(input: $input) { into { id } } }`, { input: { id, into: duplicateOf } });
    await browser.go(`/databases/${id}`, name);
    await page.getByRole("button", { name: "Take the merge back" }).click();
    const dialog = page.getByRole("dialog", { name: "Take the merge back" });
    await dialog.getByText(`rhumb cloud database unmerge --id ${id}`).waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(390);
    await dialog.getByRole("button", { name: "Take it back" }).click();
    await notice.getByText("Another database reports the same identifier").waitFor();
    assert.equal(await page.getByRole("region", { name: "Merged" }).count(), 0);
    assert.equal(await page.getByRole("row").count(), 2, "it has its deployment again");
  });
}

export async function previews(browser, { api }) {
  const { page } = browser;
  await step("an environment that comes and goes is marked, and in no figure", async () => {
    const failed = page.getByRole("link", { name: /Failed databases/ });
    await browser.go("/", "Home");
    const before = await failed.innerText();
    await api(`mutation E($input: SetEphemeralEnvironmentsInput!) { setEphemeralEnvironments(input: $input) { hours } }`, {
      input: { glob: "pr-*", hours: 72 },
    });
    await api(report, { input: ran(randomUUID(), "preview.internal", { envName: "pr-7", error: "boom" }) });
    await browser.go("/", "Home");
    await page.getByText("ephemeral, 72 h").waitFor();
    assert.equal(await failed.innerText(), before);
    await browser.checkAccessibility();
    await browser.go("/environments", "Environments");
    await page.getByRole("row", { name: /pr-7 .* 72 h/ }).waitFor();
    await browser.go("/databases?env=pr-7", "Databases");
    await page.getByRole("row").filter({ hasText: "pr-7" }).getByText("ephemeral").waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(390);
  });
  await step("a version's way leads through it when that is asked for", async () => {
    await browser.go("/repos/copies?tab=trace&version=1", "copies");
    const path = page.getByRole("region", { name: "Environments" });
    await path.getByRole("row").filter({ hasText: "production" }).waitFor();
    await page.getByText("One ephemeral environment is left out.").waitFor();
    assert.equal(await path.getByRole("row").filter({ hasText: "pr-7" }).count(), 0);
    await page.getByLabel("Ephemeral environments").check();
    await path.getByRole("row", { name: /pr-7 ephemeral, 72 h 1 of 1/ }).waitFor();
    assert.equal(await page.getByText("left out").count(), 0);
    assert.match(page.url(), /ephemeral=true/);
    await browser.checkAccessibility();
    await browser.checkWidth(390);
  });
}

const snapshot = `mutation S($input: PushSnapshotInput!) { pushSnapshot(input: $input) { url } }`;

/** Databases of which one has another schema, and one was never looked at. */
export async function seedDivergence(api) {
  for (const [name, hash] of [["amber", "x"], ["birch", "x"], ["cedar", "x"], ["dune", "y"], ["ember", null]]) {
    const entry = ran(randomUUID(), `${name}.internal`, { dirName: "fleet" });
    entry.target.url = `postgres://app:xxxxx@${name}.internal:5432/${name}`;
    entry.target.schema = "";
    await api(report, { input: entry });
    if (hash === null) continue;
    await api(snapshot, { input: { url: entry.target.url, hashMatch: false, snapshot: { hash: `h1:${hash.repeat(43)}=`, hcl: `schema "${hash}" {}` } } });
  }
}

export async function divergence(browser, { api }) {
  const { page } = browser;
  await step("the odd ones of a repository's databases are named", async () => {
    await seedDivergence(api);
    await browser.go("/repos/fleet?tab=divergence", "fleet");
    const map = page.getByRole("region", { name: "Schemas of production" });
    for (const told of ["3 alike", "1 odd", "1 unknown"]) await map.getByText(told).waitFor();
    await map.getByRole("row").filter({ hasText: "yyyyyyyy" }).getByRole("link", { name: "dune" }).waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(390);
    await map.getByRole("link", { name: "dune" }).click();
    await browser.heading("dune");
  });
}
