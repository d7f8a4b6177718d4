// What people do with passkeys: an authenticator that DevTools pretend to have.
import assert from "node:assert/strict";
import { step } from "./harness.mjs";

const password = "a long secret";

/** One that is built in, keeps passkeys and has asked for a fingerprint. */
async function plugIn(client) {
  await client.send("WebAuthn.enable");
  const options = {
    protocol: "ctap2",
    transport: "internal",
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  return (await client.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
}

async function addPasskey(page, name, typed = password) {
  const form = page.getByRole("form", { name: "Add a passkey" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("Password").fill(typed);
  await page.keyboard.press("Enter");
}

async function logOut(browser) {
  await browser.page.getByRole("button", { name: "Log out" }).click();
  await browser.heading(/Log in/);
}

/** What the log tells of the passkeys that were added, the latest first. */
async function attested(page) {
  const query = "{ auditLog(input: {page: {pageSize: 20}}) { entries { action after } } }";
  const entries = await page.evaluate(async (body) => {
    const answer = await fetch("/query", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    return (await answer.json()).data.auditLog.entries;
  }, JSON.stringify({ query }));
  return entries.filter(({ action }) => action === "account.passkey").map(({ after }) => after);
}

async function logInByPassword(page) {
  await page.getByLabel("E-mail address").fill("cid@example.com");
  await page.getByLabel("Password").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Cid" }).waitFor();
}

/** A passkey is added, gets its person in, is renamed and removed. */
export async function passkeys(browser, { setup }) {
  const { page } = browser;
  const registry = new URL(setup).origin;
  const client = await browser.context.newCDPSession(page);
  const authenticatorId = await plugIn(client);
  const signIn = page.getByRole("button", { name: "Sign in with a passkey" });
  const held = async () => (await client.send("WebAuthn.getCredentials", { authenticatorId })).credentials;
  await step("a registry at an IP address offers no passkeys", async () => {
    await browser.go("/", /Log in/);
    await page.waitForLoadState("networkidle");
    assert.equal(await signIn.count(), 0);
  });
  await step("a passkey is added to an account by its password", async () => {
    await browser.go(setup, /Set up/);
    await page.getByLabel("Your name").fill("Cid");
    await page.getByLabel("E-mail address", { exact: true }).fill("cid@example.com");
    await page.getByLabel(/^Password/).fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /I have kept it/ }).click();
    await browser.heading("Home");
    await page.getByRole("link", { name: "Cid" }).click();
    await browser.heading("My account");
    await addPasskey(page, "Laptop", "another secret");
    await page.getByRole("alert").filter({ hasText: "not the one of your account" }).waitFor();
    browser.expectComplaint(/403/);
    assert.deepEqual(await held(), []);
    await addPasskey(page, "Laptop");
    await page.getByRole("status").filter({ hasText: "You can now log in with Laptop" }).waitFor();
    await page.getByRole("row", { name: /Laptop.*never/ }).waitFor();
    const [credential, ...others] = await held();
    assert.deepEqual([credential.isResidentCredential, credential.rpId, others.length], [true, "localhost", 0]);
    await browser.checkAccessibility();
    await browser.checkWidth(390);
  });
  await step("the log tells what made the passkey, as its maker has signed", async () => {
    const [{ name, attestation, aaguid }, ...others] = await attested(page);
    assert.deepEqual([name, attestation, others.length], ["Laptop", "certificate", 0]);
    assert.match(aaguid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });
  await step("a device makes one passkey for an account, and a name is there once", async () => {
    await addPasskey(page, "Laptop");
    await page.getByRole("alert").filter({ hasText: "a passkey of this name" }).waitFor();
    await addPasskey(page, "Laptop again");
    await page.getByRole("alert").filter({ hasText: "holds a passkey of yours already" }).waitFor();
    assert.equal((await held()).length, 1);
  });
  await step("one signs in with a passkey, by the keyboard and without a name", async () => {
    await logOut(browser);
    await signIn.waitFor();
    await browser.checkAccessibility();
    await browser.checkWidth(390);
    await signIn.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Cid" }).click();
    await browser.heading("My account");
    assert.equal(await page.getByRole("row", { name: /Laptop.*never/ }).count(), 0, "it was used");
    assert.deepEqual(await page.evaluate(() => document.cookie), "", "no script sees the session");
  });
  await step("a passkey that nobody has confirmed gets nobody in", async () => {
    await logOut(browser);
    await client.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await signIn.click();
    await page.getByRole("alert").filter({ hasText: "No passkey was used" }).waitFor();
    await browser.checkAccessibility();
    await client.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    await signIn.click();
    await page.getByRole("link", { name: "Cid" }).click();
    await browser.heading("My account");
  });
  await step("a passkey is renamed and removed", async () => {
    await page.getByRole("button", { name: "Rename Laptop" }).click();
    await page.getByLabel("New name").fill("Work laptop");
    await browser.checkAccessibility();
    await page.keyboard.press("Enter");
    const remove = page.getByRole("button", { name: "Remove Work laptop" });
    await remove.click();
    await page.getByRole("button", { name: "Cancel" }).click();
    await remove.click();
    await page.getByRole("dialog").getByLabel("Password").fill("another secret");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("alert").filter({ hasText: "not the one of your account" }).waitFor();
    browser.expectComplaint(/403/);
    await browser.checkAccessibility();
    await page.getByRole("dialog").getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("status").filter({ hasText: "was removed" }).waitFor();
    await page.getByRole("row", { name: /laptop/i }).waitFor({ state: "detached" });
  });
  await step("a removed passkey gets nobody in, and the password still does", async () => {
    await logOut(browser);
    await signIn.click();
    await page.getByRole("alert").filter({ hasText: "this passkey was not accepted" }).waitFor();
    browser.expectComplaint(/401/);
    await logInByPassword(page);
  });
  await step("a browser that keeps to itself what made a passkey is welcome, too", async () => {
    await page.getByRole("link", { name: "Cid" }).click();
    await browser.heading("My account");
    await page.evaluate(() => {
      const create = navigator.credentials.create.bind(navigator.credentials);
      navigator.credentials.create = ({ publicKey }) => create({ publicKey: { ...publicKey, attestation: "none" } });
    });
    await addPasskey(page, "Quiet");
    await page.getByRole("status").filter({ hasText: "You can now log in with Quiet" }).waitFor();
    assert.deepEqual((await attested(page))[0], { name: "Quiet", attestation: "none" });
    await logOut(browser);
  });
  await step("a browser without passkeys is not asked for one", async () => {
    const plain = await browser.context.newPage();
    await plain.addInitScript(() => delete globalThis.PublicKeyCredential);
    await plain.goto(registry);
    await plain.getByRole("button", { name: "Log in" }).waitFor();
    await plain.waitForLoadState("networkidle");
    assert.equal(await plain.getByRole("button", { name: "Sign in with a passkey" }).count(), 0);
    await plain.close();
  });
  await client.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  await client.detach();
}
