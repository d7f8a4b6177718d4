// Which versions environments take, who lets them in, and what the audit log tells of it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { step } from "./harness.mjs";

const version = "20260510090000";

/** What the page offers to copy, the first one within `place`. */
async function commandIn(place) {
  return (await place.locator(".command pre").first().innerText()).trim();
}

async function become(browser, token) {
  await browser.page.evaluate((value) => sessionStorage.setItem("rhumb.token", value), token);
}

export async function environments(browser, { shell }) {
  const { page } = browser;
  const form = page.getByRole("form", { name: "New environment" });
  await step("an environment is made, with what is wrong at its field", async () => {
    await browser.go("/environments", "Environments");
    await form.getByLabel("Name").fill("sandbox");
    await form.getByLabel(/^Place/).fill("99999999");
    await form.getByRole("button", { name: "Add the environment" }).click();
    await page.getByText("rank must be from 0 to").waitFor();
    assert.equal(await form.getByLabel(/^Place/).getAttribute("aria-invalid"), "true");
    await browser.checkAccessibility();
    await form.getByLabel(/^Place/).fill("7");
    await form.getByLabel("Protected: runs need a permit").check();
    assert.equal(await commandIn(form), "rhumb cloud env update --name sandbox --rank 7 --protected=true");
    await form.getByRole("button", { name: "Add the environment" }).click();
    await page.getByRole("row", { name: /sandbox 7 protected/ }).waitFor();
    assert.equal(await form.getByLabel("Name").inputValue(), "");
  });
  await step("an environment is changed, by the page and by the command it shows", async () => {
    await page.getByRole("button", { name: "Change sandbox" }).click();
    const dialog = page.getByRole("dialog", { name: "Change sandbox" });
    await dialog.getByLabel("Protected: runs need a permit").uncheck();
    await browser.checkAccessibility();
    const command = await commandIn(dialog);
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("row", { name: /sandbox 7 none/ }).waitFor();
    shell(command.replace("--rank 7", "--rank 8"));
    await page.reload();
    await page.getByRole("row", { name: /sandbox 8 none/ }).waitFor();
  });
  await step("environments come and go, and stay again", async () => {
    const rule = page.getByRole("form", { name: "New ephemeral environments" });
    const row = page.getByRole("row", { name: /sand\*/ });
    await rule.getByLabel("Names").fill("sand*");
    await rule.getByLabel("Hours of silence").fill("0");
    await rule.getByRole("button").first().click();
    await rule.getByText("hours must be from 1 to").waitFor();
    assert.equal(await rule.getByLabel("Hours of silence").getAttribute("aria-invalid"), "true");
    await rule.getByLabel("Hours of silence").fill("48");
    shell(await commandIn(rule));
    await rule.getByRole("button").first().click();
    await row.waitFor();
    await page.getByRole("row", { name: /sandbox ephemeral, 48 h 8 none/ }).waitFor();
    await browser.checkAccessibility();
    await row.getByRole("button", { name: "Remove sand*" }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await commandIn(dialog), "rhumb cloud env ephemeral rm --glob 'sand*'");
    await dialog.getByRole("button", { name: "Let them stay" }).click();
    await row.waitFor({ state: "detached" });
    await page.getByRole("row", { name: /sandbox 8 none/ }).waitFor();
  });
}

export async function policies(browser, { shell }) {
  const { page } = browser;
  const form = page.getByRole("form", { name: "Policy" });
  const stage = (number) => form.getByRole("group", { name: `Stage ${number}`, exact: true });
  await step("a policy is written, with what is wrong at its field", async () => {
    await page.getByRole("link", { name: "Write a policy" }).click();
    await browser.heading("New policy");
    await browser.checkAccessibility();
    await form.getByRole("button", { name: "Make the policy" }).click();
    await form.getByText("A stage needs a name.").waitFor();
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
    await browser.checkAccessibility();
    await stage(1).getByLabel("Name").fill("staging");
    await stage(1).getByLabel(/^Environments/).fill("staging");
    await form.getByRole("button", { name: "Add a stage" }).click();
    await stage(2).getByLabel("Name").fill("production");
    await stage(2).getByLabel(/^Environments/).fill("production, prod-*");
    await stage(2).getByLabel(/^In how many/).fill("most");
    await stage(2).getByLabel(/^For how long/).fill("24h");
    await stage(2).getByText("Write ALL, ANY or a percentage").waitFor();
    await stage(2).getByLabel(/^In how many/).fill("80");
    await stage(2).getByRole("button", { name: "Add a freeze" }).click();
    await stage(2).getByLabel(/^Hours/).fill("Fri 16:00 - Mon 08:00");
    assert.equal(await stage(2).getByLabel(/^Time zone/).inputValue(), "UTC");
    await stage(2).getByLabel("Reason").fill("weekend");
    await browser.checkAccessibility();
    await browser.checkWidth(375);
  });
  await step("what the registry refuses stands at its field, too", async () => {
    await form.getByLabel("Repository").fill("nobody");
    await form.getByRole("button", { name: "Make the policy" }).click();
    await form.getByText("There is no such repository.").waitFor();
    await form.getByLabel("Repository").fill("search");
    await stage(2).getByLabel(/^For how long/).fill("99999h");
    await form.getByRole("button", { name: "Make the policy" }).click();
    await stage(2).getByText('soak "99999h" is none').waitFor();
    await stage(2).getByLabel(/^For how long/).fill("24h");
    await stage(2).getByLabel(/^Time zone/).fill("Berlin");
    await form.getByRole("button", { name: "Make the policy" }).click();
    await stage(2).getByText('did you mean "Europe/Berlin"?').waitFor();
    await stage(2).getByLabel(/^Time zone/).fill("Europe/Berlin");
  });
  await step("the policy, the command of its page and the file of the command line are the same", async () => {
    const command = await commandIn(form);
    await form.getByRole("button", { name: "Make the policy" }).click();
    await browser.heading("Environments");
    const own = page.getByRole("region", { name: "Policy of search" });
    await own.getByText("passed in staging in 80% of the databases, at least 24h ago").waitFor();
    await own.getByText("not Fri 16:00 - Mon 08:00 Europe/Berlin (weekend)").waitFor();
    const before = shell("rhumb cloud policy show --repo search");
    shell(command);
    assert.equal(shell("rhumb cloud policy show --repo search"), before);
    await browser.checkAccessibility();
    await browser.checkWidth(375);
  });
  await step("a policy is changed, and removed", async () => {
    const own = page.getByRole("region", { name: "Policy of search" });
    await own.getByRole("link", { name: /^Change/ }).click();
    await browser.heading("Policy of search");
    await stage(2).getByLabel(/^Approvals/).fill("2");
    await stage(2).getByRole("button", { name: /^Remove freeze/ }).click();
    await form.getByRole("button", { name: "Save the policy" }).click();
    await own.getByText("2 approvals").waitFor();
    assert.equal(await own.getByText("weekend").count(), 0);
    await own.getByRole("button", { name: /^Remove/ }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await commandIn(dialog), "rhumb cloud policy rm --repo search");
    await dialog.getByRole("button", { name: "Remove" }).click();
    await own.waitFor({ state: "detached" });
  });
}

export async function checks(browser, { shell }) {
  const { page } = browser;
  await step("a check tells why a version may not go there, from its address too", async () => {
    await browser.go("/environments?tab=check", "Environments");
    const form = page.getByRole("form", { name: "Check a version" });
    await form.getByLabel("Repository").fill("inventory");
    await form.getByLabel("Environment").fill("production");
    await form.getByLabel("Version").fill(version);
    await page.keyboard.press("Enter");
    await page.getByText("It may not be deployed.").waitFor();
    await page.reload();
    await page.getByText("It may not be deployed.").waitFor();
    const reasons = page.getByRole("list", { name: "Reasons" });
    await reasons.getByText(`version ${version} has 0 of 1 approvals for production`).waitFor();
    await reasons.getByText("no database of staging is known").waitFor();
    await reasons.getByRole("link", { name: "Go to Approvals" }).waitFor();
    const told = shell(await commandIn(page.getByRole("region", { name: /inventory/ })), { status: 1 });
    assert.match(told, /may not be deployed to "production"[^]*0 of 1 approvals/);
    await browser.checkAccessibility();
    await browser.checkWidth(375);
  });
  await step("a check of what may go there says so", async () => {
    await browser.go(`/environments?tab=check&repo=inventory&env=staging&version=${version}`, "Environments");
    await page.getByText("Nothing speaks against it.").waitFor();
    await page.getByText("It may be deployed.").waitFor();
  });
}

export async function approvals(browser, { makeBot, pusher, reader, token }) {
  const { page } = browser;
  const row = page.getByRole("row", { name: new RegExp(`inventory ${version} production 0 of 1`) });
  await step("whoever pushed a version cannot approve it, which is told in the dialog", async () => {
    await become(browser, pusher);
    await browser.go("/approvals", "Approvals");
    await row.getByRole("button", { name: /^Approve/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Approve" }).click();
    await dialog.getByRole("alert").filter({ hasText: "who pushed it" }).waitFor();
    await browser.checkAccessibility();
    browser.expectComplaint(/403/);
    await become(browser, token);
  });
  await step("who approves in a part sees controls there only", async () => {
    await become(browser, await makeBot({ name: "part", scopes: [], grants: [{ role: "VIEWER" }, { role: "APPROVER", repo: "inv*" }] }));
    await browser.go("/approvals", "Approvals");
    await row.getByRole("button", { name: /^Approve/ }).waitFor();
    await page.getByRole("row", { name: /add-users/ }).waitFor();
    assert.equal(await page.getByRole("button", { name: /plan/ }).count(), 0);
    await browser.go("/plans/1", "Plan 1");
    assert.equal(await page.getByRole("button", { name: "Approve" }).count(), 0);
    await become(browser, token);
  });
  await step("a version is approved in place, and stands among what was decided", async () => {
    await browser.go("/approvals", "Approvals");
    await row.getByRole("button", { name: /^Approve/ }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await commandIn(dialog), `rhumb cloud policy approve --repo inventory --stage production --version ${version}`);
    await dialog.getByLabel("Comment").fill("looked at with the team");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    await row.waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Decided" }).click();
    await page.getByRole("row", { name: /inventory .* production admin .* looked at with the team/ }).waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(375);
  });
  await step("another version is refused when it is none", async () => {
    await browser.go("/approvals", "Approvals");
    const form = page.getByRole("form", { name: "Approve another version" });
    for (const [label, value] of [["Repository", "inventory"], ["Stage", "production"], ["Version", "1"]]) await form.getByLabel(label).fill(value);
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Approve" }).click();
    await dialog.getByRole("alert").filter({ hasText: "only what was pushed can be approved" }).waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
  });
  await step("a revert is rejected, and a plan of a schema approved, in place", async () => {
    await page.getByRole("button", { name: "Approve plan add-users" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
    await page.getByRole("button", { name: "Approve plan add-users" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Reject plan 1" }).click();
    await page.getByLabel("Comment").fill("not needed");
    await browser.checkAccessibility();
    await page.getByRole("dialog").getByRole("button", { name: "Reject" }).click();
    await page.getByText("Nothing waits for an approval").waitFor();
    await page.getByRole("link", { name: "Decided" }).click();
    await page.getByRole("row", { name: /shop staging .* aborted admin \(no\) .* not needed/ }).waitFor();
    await page.getByRole("row", { name: /add-users catalog admin/ }).waitFor();
  });
  await step("who may only look sees no controls, and is told what they need", async () => {
    const controls = (name) => page.locator("main").getByRole("button", { name });
    await become(browser, await reader("watcher"));
    await browser.go("/approvals", "Approvals");
    await page.getByText("Approving needs the role").waitFor();
    assert.equal(await controls(/Approve|Reject/).count(), 0);
    await page.getByRole("link", { name: "Decided" }).click();
    await page.getByText("Approvals of versions stand in the audit log").waitFor();
    await browser.go("/environments", "Environments");
    await page.getByText("are changed with the role ADMIN or OWNER").waitFor();
    assert.equal(await controls(/Add|Change|Remove/).count(), 0);
    await browser.go("/environments/policies/new", "New policy");
    assert.equal(await controls(/./).count(), 0);
    await browser.go("/settings/audit", "Audit log");
    await page.getByRole("alert").filter({ hasText: "does not allow" }).waitFor();
    browser.expectComplaint(/403/);
    await become(browser, token);
  });
}

export async function auditLog(browser, { shell, data }) {
  const { page } = browser;
  const entries = page.getByRole("group", { name: "Entries" }).locator("details");
  await step("keys and the palette lead to the pages", async () => {
    await browser.go("/", "Home");
    for (const [key, heading] of [["a", "Approvals"], ["e", "Environments"], ["l", "Audit log"]]) {
      await page.keyboard.press("g");
      await page.keyboard.press(key);
      await browser.heading(heading);
    }
    await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Webhooks" }).click();
    await browser.heading("Webhooks");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /Go to/ }).fill("audit");
    await page.getByRole("option", { name: /Audit log/, selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await browser.heading("Audit log");
  });
  await step("the audit log is filtered by its address, and shows what was changed", async () => {
    await browser.go("/settings/audit?action=policy.environment", "Audit log");
    await entries.first().waitFor();
    const all = await entries.count();
    await page.getByLabel("Object").fill("environment/sandbox");
    await page.waitForURL("**object=environment%2Fsandbox");
    await page.waitForFunction((count) => document.querySelectorAll(".entry").length < count, all);
    await entries.nth(1).locator("summary").click();
    const row = entries.nth(1).getByRole("row", { name: /protected true false/ });
    await row.waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(375);
    await browser.go("/settings/audit?actor=nobody", "Audit log");
    await page.getByText("No entry fits these filters.").waitFor();
  });
  await step("refusals are marked", async () => {
    await browser.go("/settings/audit?action=request.refused", "Audit log");
    await entries.first().locator(".status", { hasText: "refused" }).waitFor();
    await entries.first().locator("summary").click();
    await entries.first().getByText("Hash of the one before").waitFor();
  });
  await step("older entries begin behind the last one", async () => {
    await browser.go("/settings/audit", "Audit log");
    const numbers = async () => (await page.locator(".entry-number").allInnerTexts()).map(Number);
    const newer = await numbers();
    assert.equal(newer.length, 50);
    await page.getByRole("link", { name: "Older" }).click();
    await page.waitForURL("**after=*");
    await page.waitForFunction((last) => Number(document.querySelector(".entry-number")?.textContent) < last, newer.at(-1));
    assert.equal((await numbers())[0], newer.at(-1) - 1);
    await page.getByRole("link", { name: "Newest" }).click();
    await page.waitForFunction((first) => Number(document.querySelector(".entry-number")?.textContent) >= first, newer[0]);
  });
  await step("the command of the page verifies the log, and finds a wrong hash", async () => {
    const command = (await commandIn(page.getByRole("region", { name: "State of the chain" }))).replace("/var/lib/rhumb", data);
    assert.match(shell(command), /The audit log is intact/);
    assert.match(shell(command.replace(/:[0-9a-f]{4}/, ":0000"), { status: 1 }), /checkpoint|hash/);
  });
  await step("an export is what the filters show, and the command line says the same", async () => {
    await browser.go("/settings/audit?action=policy.environment", "Audit log");
    const count = await entries.count();
    const command = (await commandIn(page.getByRole("region", { name: "Export" }))).replace("/var/lib/rhumb", data).replace("-o audit.jsonl", "");
    for (const [name, kind] of [["Save as JSON lines", "jsonl"], ["Save as CSV", "csv"]]) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      assert.equal(download.suggestedFilename(), `audit.${kind}`);
      const lines = (await readFile(await download.path(), "utf8")).split("\n").filter((line) => line.startsWith(kind === "csv" ? "entry," : '{"type":"entry"'));
      assert.equal(lines.length, count);
    }
    assert.equal(shell(command).split("\n").filter((line) => line.startsWith('{"type":"entry"')).length, count);
  });
}
