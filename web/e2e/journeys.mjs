// What people do with the pages. Each journey leaves the browser logged in.
import assert from "node:assert/strict";
import { step } from "./harness.mjs";

const pathOf = (address) => new URL(address).pathname;

export async function logIn(browser, { token, base }) {
  const { page } = browser;
  await step("a wrong token is refused and says so", async () => {
    await browser.go("/databases?env=staging", /Log in/);
    await browser.checkAccessibility();
    await page.getByLabel("Token", { exact: true }).fill("rgb_wrong");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "not valid here" }).waitFor();
    browser.expectComplaint(/401/);
  });
  await step("a token opens the page one came for", async () => {
    await page.getByLabel("Token", { exact: true }).fill(token);
    await page.keyboard.press("Enter");
    await browser.heading("Databases");
    assert.equal(page.url(), `${base}/databases?env=staging`);
    await page.getByRole("link", { name: "main" }).waitFor();
    assert.equal(await page.getByRole("row").count(), 2, "the filter of the address holds");
  });
}

/** A checker that finds nothing must be able to find something. */
export async function checkTheChecker(browser) {
  await step("the accessibility checker finds a planted fault", async () => {
    await browser.page.evaluate(() => document.querySelector("main")?.append(document.createElement("button")));
    await assert.rejects(browser.checkAccessibility(), /button-name/);
    await browser.page.reload();
    await browser.heading("Databases");
  });
}

/** Every page: it shows what it is for, breaks no rule of WCAG AA and fits a telephone. */
export async function walkPages(browser, pages) {
  const tagName = "267b9d1";
  const routes = [
    ["/", "Home", ["Failed deployments", "Databases by environment", "Pending databases", "Recent pushes"]],
    ["/repos", "Repositories", ["shop", "team/billing", "report only"]],
    ["/repos/shop", "shop", ["20260514083000_email.sql", "ADD COLUMN email"]],
    ["/repos/shop?tab=tags", "shop", [tagName, "ada"]],
    ["/repos/shop?tab=databases", "shop", ["tenant-a", "Behind"]],
    ["/repos/shop?tab=trace", "shop", ["20260514083000", "production", "of"]],
    ["/repos/shop?tab=deployments", "shop", ["(multiple)", "2/4"]],
    ["/repos/shop?tab=setup", "shop", ['dir = "atlas://shop"']],
    ["/repos/team/billing", "team/billing", ["never pushed"]],
    ["/repos/search?tab=databases", "search", ["No database has reported"]],
    ["/dirs/1", "shop", ["Latest version"]],
    [pathOf(pages.tag), "shop", [`State of tag ${tagName}`]],
    ["/databases", "Databases", ["tenant-a", "ledger"]],
    ["/databases/1", "tenant-a", ["Identifier", "xxxxx@db.production.internal"]],
    ["/migrations", "Migrations", ["(multiple)", "no action", "dry run"]],
    ["/migrations?status=FAILED&env=production", "Migrations", ["failed"]],
    ["/migrations?name=nobody", "Migrations", ["No deployment fits"]],
    [pathOf(pages.passed), /Deployment \d+/, ["passed", "3 statements applied", "The database now"]],
    [pathOf(pages.failed), /Deployment \d+/, ["The file was rolled back", "contains null values", "masked 1 value", "rhumb migrate push shop", "Slowest statements", "410 ms", "none seen", "1214"]],
    [pathOf(pages.checked), /Deployment \d+/, ["A check before the file did not hold", "assertion returned false"]],
    [pathOf(pages.set), /Deployment set \d+/, ["Run again what is missing", "tenant-d", "Start migration for 4 targets"]],
    [`/dirs/1${pathOf(pages.failed)}`, /Deployment \d+/, ["The file was rolled back"]],
    ["/plans", "Plans", ["pending user", "main", "shop"]],
    [pathOf(pages.plan), "Plan 1", ["pending user", "DROP COLUMN email", "rhumb cloud plan approve --id 1"]],
    [pathOf(pages.schema), "catalog", ["schema", 'schema "main" {}']],
    [pathOf(pages.declarativePlan), "add-users", ["pending", "CREATE TABLE users (id integer);"]],
    [pathOf(pages.ciRun), "CI run 1", ["failed", "shop"]],
    [pathOf(pages.instance), "Instance 1", ["sqlite://main.db", "hash-1"]],
    [pathOf(pages.drawing), "Schema 1", ["sqlite", 'schema "main" {}']],
    ["/environments", "Environments", ["Promotion policies", "inventory", "1 approval", "passed in staging"]],
    ["/environments?tab=check", "Environments", ["Check a version", "what migrate apply would be told"]],
    ["/environments/policies/new", "New policy", ["Stage 1", "Add a stage"]],
    ["/environments/policies/1", "Policy of inventory", ["Stage 2", "rhumb cloud policy set --repo inventory", 'soak      = "24h"']],
    ["/approvals", "Approvals", ["0 of 1", "Reverts", "add-users", "Another version"]],
    ["/approvals?tab=given", "Approvals", ["Nothing was decided yet."]],
    ["/settings/audit", "Audit log", ["policy.set", "State of the chain", "rhumb audit verify", "Older"]],
    ["/settings/tokens", "Tokens", ["admin", "active"]],
    ["/settings/webhooks", "Webhooks", ["generic", "token=xxxxx", "prod*", "Add webhook"]],
    ["/settings/webhooks/1", "Webhook 1", ["Send a ping", "the usual events", "ping"]],
  ];
  for (const [path, heading, texts] of routes) {
    await step(`page ${path}`, async () => {
      await browser.go(path, heading);
      for (const text of texts) await browser.page.locator("main").getByText(text).filter({ visible: true }).first().waitFor();
      await browser.checkAccessibility();
      await browser.checkWidth(390);
    });
  }
}

export async function failingPages(browser) {
  const cases = [
    ["/deployments/999999", "migration not found"],
    ["/deployments/sets/999999", "migration not found"],
    ["/databases/999999", "database not found"],
    ["/databases/nonsense", "database not found"],
    ["/repos/nobody/knows", "repository not found"],
    ["/dirs/999999", "repository not found"],
    ["/dirs/1/tags/999999", "tag not found"],
    ["/schemas/999999", "repository not found"],
    ["/schemas/1/plans/999999", "plan not found"],
    ["/ci-runs/999999", "ci run not found"],
    ["/explore/999999", "drawing not found"],
    ["/instances/999999", "instance not found"],
    ["/environments/policies/999999", "No page of this registry has this address."],
    ["/nowhere", "No page of this registry has this address."],
  ];
  for (const [path, reason] of cases) {
    await step(`nothing at ${path}`, async () => {
      await browser.go(path, "There is nothing here");
      await browser.page.getByText(reason).waitFor();
      await browser.checkAccessibility();
    });
  }
}

export async function keyboard(browser, { base }) {
  const { page } = browser;
  const { keyboard } = page;
  await step("keys go to pages, / to the search, the address keeps the filter", async () => {
    await browser.go("/", "Home");
    await keyboard.press("g");
    await keyboard.press("d");
    await browser.heading("Databases");
    await keyboard.press("/");
    await keyboard.type("tenant-f");
    await page.waitForURL("**/databases?search=tenant-f");
    await page.reload();
    await browser.heading("Databases");
    assert.equal(await page.getByRole("row").count(), 2);
    assert.equal(await page.getByLabel("Search").inputValue(), "tenant-f");
  });
  await step("? lists the keys, Escape closes, the focus is visible", async () => {
    await page.locator("main").focus();
    await keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await browser.checkAccessibility();
    await keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });
  await step("the palette finds databases, repositories and deployments", async () => {
    await keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    await keyboard.type("tenant-f");
    await page.getByRole("option", { name: /tenant-f/, selected: true }).waitFor();
    await browser.checkAccessibility();
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowUp");
    await keyboard.press("Enter");
    await browser.heading("tenant-f");
    await keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).waitFor();
    await keyboard.type("billing");
    await page.getByRole("option", { name: /team\/billing/, selected: true }).waitFor();
    await keyboard.press("Enter");
    await browser.heading("team/billing");
  });
  await step("Tab begins with the way to the content, links open with Enter", async () => {
    await browser.go("/", "Home");
    await keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), "Skip to content");
    await keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
    await page.getByRole("link", { name: "Repositories" }).focus();
    await keyboard.press("Enter");
    await browser.heading("Repositories");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "main", "the focus follows to the new page");
  });
  await step("heads of columns sort, back goes back", async () => {
    await browser.go("/databases", "Databases");
    await page.getByRole("link", { name: "Behind" }).click();
    await page.waitForURL("**/databases?sort=LAG");
    await page.getByRole("link", { name: "Behind" }).click();
    await page.waitForURL("**/databases?sort=LAG&order=DESC");
    await page.locator('th[aria-sort="descending"]').waitFor();
    await page.goBack();
    await page.goBack();
    await page.waitForURL(`${base}/databases`);
  });
}

const report = `mutation R($input: ReportMigrationSetInput!) { reportMigrationSet(input: $input) { url } }`;
const unset = "0001-01-01T00:00:00Z";

/** Opens the page of a set that has just begun. */
async function openRunning(browser, { api, live }) {
  const [first] = live.completed;
  const begin = { id: live.id, planned: 4, startTime: live.startTime, envName: first.envName, dirName: first.dirName };
  const opened = await api(`mutation B($input: BeginMigrationSetInput!) { beginMigrationSet(input: $input) { url } }`, { input: begin });
  await browser.go(new URL(opened.beginMigrationSet.url).pathname, /Deployment set/);
  await browser.page.locator(".head").getByText("running").first().waitFor();
  await browser.page.evaluate(() => (globalThis.isSameDocument = true));
}

/** A set that runs while its page is open. */
export async function liveUpdate(browser, { api, live }) {
  const { page, context } = browser;
  const [first] = live.completed;
  await step("the page of a running set follows it without a reload", async () => {
    await openRunning(browser, { api, live });
    await api(report, { input: { ...live, error: null, endTime: unset, log: live.log.slice(0, 2), completed: [first] } });
    await page.locator("main").getByRole("link", { name: "tenant-a" }).waitFor();
    await api(report, { input: live });
    await page.locator(".head").getByText("failed").first().waitFor();
    await page.getByText("Run again what is missing").waitFor();
    assert.equal(await page.evaluate(() => globalThis.isSameDocument), true);
  });
  await step("where the stream does not get through the page asks by itself", async () => {
    await context.route("**/events", (route) => route.abort());
    const other = { ...live, id: crypto.randomUUID(), completed: live.completed.map((entry) => ({ ...entry, startTime: live.endTime })) };
    await openRunning(browser, { api, live: other });
    await api(report, { input: other });
    await page.locator(".head").getByText("failed").first().waitFor();
    assert.equal(await page.evaluate(() => globalThis.isSameDocument), true);
    await context.unroute("**/events");
    browser.expectComplaint(/ERR_FAILED/);
  });
}

export async function tokens(browser, { asToken, reader, token }) {
  const { page } = browser;
  let made = "";
  const become = (secret) => page.evaluate((value) => sessionStorage.setItem("rhumb.token", value), secret);
  await step("a new bot's token is shown once and works, a revoked one does not", async () => {
    await browser.go("/settings/tokens", "Tokens");
    await page.getByLabel("Name of the bot").fill("reader");
    await page.getByLabel("What it is for").selectOption("read");
    await page.getByRole("button", { name: "Create bot" }).click();
    const secret = (await page.getByRole("status", { name: "New token" }).locator("pre").innerText()).trim();
    await browser.checkAccessibility();
    assert.equal(await asToken(secret), 200);
    await page.getByRole("button", { name: "I have kept it" }).click();
    await page.reload();
    await browser.heading("Tokens");
    made = secret;
    assert.ok(!(await page.content()).includes(secret));
    await page.getByRole("button", { name: /of reader$/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("row", { name: /reader.*revoked/ }).waitFor();
    assert.equal(await asToken(secret), 401);
  });
  await step("a token that is no longer valid leads back to the login", async () => {
    await become(made);
    await page.reload();
    await browser.heading(/Log in/);
    browser.expectComplaint(/401/);
    await become(token);
  });
  await step("what a token may not do is told", async () => {
    const secret = await reader();
    await become(secret);
    await browser.go("/settings/tokens", "Tokens");
    await page.getByRole("alert").filter({ hasText: "does not allow" }).waitFor();
    browser.expectComplaint(/403/);
    await become(token);
    await browser.go("/settings/tokens", "Tokens");
  });
  await step("a name that is taken is told", async () => {
    await page.getByLabel("Name of the bot").fill("reader");
    await page.getByRole("button", { name: "Create bot" }).click();
    await page.getByRole("alert").filter({ hasText: "already exists" }).waitFor();
  });
}

export async function setUp(browser, { setup }) {
  const { page } = browser;
  await step("the set-up page makes the first person, once", async () => {
    await page.getByRole("button", { name: "Log out" }).click();
    await browser.heading(/Log in/);
    await browser.go(new URL(setup).pathname, /Set up/);
    await browser.checkAccessibility();
    await page.getByLabel("Your name").fill("Ada");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /I have kept it/ }).click();
    await browser.heading("Home");
    await page.getByText("Ada · ").waitFor();
    await browser.go(new URL(setup).pathname, /Set up/);
    await page.getByLabel("Your name").fill("Eve");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "used already" }).waitFor();
    browser.expectComplaint(/410/);
  });
}

/** Somebody is invited, joins, sets up what they log in with, lets a command line in and leaves. */
export async function people(browser, { base, token }) {
  const { page } = browser;
  const password = "a long secret";
  let address = "";
  await step("somebody is invited, and joins", async () => {
    await page.evaluate((value) => sessionStorage.setItem("rhumb.token", value), token);
    await browser.go("/settings/members", "Members");
    await page.getByLabel("E-mail address").fill("bea@example.com");
    await page.getByLabel("Role", { exact: true }).selectOption("VIEWER");
    await page.getByRole("button", { name: "Invite" }).click();
    address = (await page.getByRole("status", { name: "One-time address" }).locator("pre").innerText()).trim();
    await page.getByRole("row", { name: /bea@example.com.*invited/ }).waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(390);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.goto(address);
    await browser.heading(/Join/);
    await page.getByLabel("Your name").fill("Bea");
    await page.getByLabel(/^Password/).fill("short");
    await page.getByRole("button", { name: "Join" }).click();
    await page.getByRole("alert").filter({ hasText: "at least 10 characters" }).waitFor();
    browser.expectComplaint(/422/);
    await browser.checkAccessibility();
    await page.getByLabel(/^Password/).fill(password);
    await page.getByRole("button", { name: "Join" }).click();
    await browser.heading("Home");
    assert.deepEqual(await page.evaluate(() => document.cookie), "", "no script sees the session");
  });
  await step("the account page shows session, password and app", async () => {
    await page.getByRole("link", { name: "Bea" }).click();
    await browser.heading("My account");
    await page.getByRole("row", { name: /this one/ }).waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(390);
    const app = page.getByRole("form", { name: "Set up an app" });
    await app.getByLabel("Password").fill(password);
    await app.getByRole("button").click();
    await page.getByLabel("First code of the app").waitFor();
    await browser.checkAccessibility();
    await page.getByRole("button", { name: "Create a token" }).click();
    const secret = (await page.getByRole("status", { name: "New token" }).locator("pre").innerText()).trim();
    assert.match(secret, /^rgp_/);
  });
  await step("a command line is let in", async () => {
    const asked = await fetch(`${base}/oauth/device_authorization`, { method: "POST", body: new URLSearchParams({ client_id: "test" }) });
    const grant = await asked.json();
    await browser.go(`/device?code=${grant.user_code}`, "Let a command line in");
    await browser.checkAccessibility();
    await page.getByRole("button", { name: "Look it up" }).click();
    await page.getByText("127.0.0.1").waitFor();
    await browser.checkAccessibility();
    await page.getByRole("button", { name: "This is me, let it in" }).click();
    await page.getByRole("status").filter({ hasText: "goes on by itself" }).waitFor();
    const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: grant.device_code });
    assert.match((await (await fetch(`${base}/oauth/token`, { method: "POST", body })).json()).access_token, /^rgp_/);
  });
  await step("one logs out, and in again by the keyboard", async () => {
    await page.getByRole("button", { name: "Log out" }).click();
    await browser.heading(/Log in/);
    await browser.checkAccessibility();
    await page.getByLabel("E-mail address").fill("bea@example.com");
    await page.getByLabel("Password").fill("another secret");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "is wrong" }).waitFor();
    browser.expectComplaint(/401/);
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Log out" }).waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Bea" }).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await browser.heading(/Log in/);
  });
}

/** Where nothing is yet, every page says what to run next. */
export async function emptyRegistry(browser, { empty, token }) {
  const { page } = browser;
  await browser.go(`${empty}/`, /Log in/);
  await page.evaluate((value) => sessionStorage.setItem("rhumb.token", value), token);
  const routes = [
    ["/", "Home", "rhumb migrate push app"],
    ["/repos", "Repositories", "rhumb migrate push app"],
    ["/databases", "Databases", "rhumb migrate apply"],
    ["/migrations", "Migrations", "rhumb migrate apply"],
    ["/environments", "Environments", "rhumb cloud policy set"],
    ["/approvals", "Approvals", "rhumb cloud policy set"],
    ["/settings/audit", "Audit log", "rhumb audit verify"],
  ];
  for (const [path, heading, command] of routes) {
    await step(`empty page ${path}`, async () => {
      await browser.go(empty + path, heading);
      await page.locator(".command").getByText(command).first().waitFor();
      await browser.checkAccessibility();
      await browser.checkWidth(390);
    });
  }
}
