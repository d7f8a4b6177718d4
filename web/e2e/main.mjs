// Drives Chromium through a seeded registry; started by tests/browser/run.py.
import { spawnSync } from "node:child_process";
import { checkBudget, checkPolicy } from "./budget.mjs";
import { divergence, identities, previews } from "./databases.mjs";
import { Browser, counts, step } from "./harness.mjs";
import { checkTheChecker, emptyRegistry, failingPages, keyboard, liveUpdate, logIn, people, setUp, tokens, walkPages } from "./journeys.mjs";
import { passkeys } from "./passkeys.mjs";
import { approvals, auditLog, checks, environments, policies } from "./rules.mjs";
import { takeScreenshots } from "./screenshots.mjs";

const { RHUMB_BASE: base, RHUMB_EMPTY: empty, RHUMB_TOKEN: token, RHUMB_SETUP: setup, RHUMB_SCREENSHOTS: screenshots } = process.env;
const { RHUMB_BINARIES: binaries, RHUMB_DATA: data, RHUMB_NAMED_SETUP: named } = process.env;
const pages = JSON.parse(process.env.RHUMB_PAGES);
const live = JSON.parse(process.env.RHUMB_LIVE);

async function ask(query, variables, bearer) {
  return fetch(`${base}/query`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ query, variables }),
  });
}

async function api(query, variables) {
  const reply = await (await ask(query, variables, token)).json();
  if (reply.errors) throw new Error(JSON.stringify(reply.errors));
  return reply.data;
}

/** A token that may only look. */
const reader = (name = "onlooker") => makeBot({ name, scopes: ["cloud:read"] });

const asToken = async (bearer) => (await ask("query Me { me { name } }", {}, bearer)).status;

/** A new bot. -> its token */
async function makeBot(input) {
  return (await api("mutation C($input: CreateBotInput!) { createBot(input: $input) { secret } }", { input })).createBot.secret;
}

/** Runs what a page offers to copy. -> what it printed */
function shell(command, { status = 0 } = {}) {
  const env = { ...process.env, PATH: `${binaries}:${process.env.PATH}`, ATLAS_CLOUD_URL: `${base}/query`, ATLAS_TOKEN: token };
  const run = spawnSync("bash", ["-c", command], { env, encoding: "utf8" });
  if (run.status !== status) throw new Error(`${command}: status ${run.status}, not ${status}: ${run.stdout}${run.stderr}`);
  return run.stdout + run.stderr;
}

const browser = await Browser.open({ executable: process.env.RHUMB_CHROMIUM, profile: process.env.RHUMB_PROFILE, base, friends: [empty, new URL(named).origin] });
try {
  await logIn(browser, { token, base });
  await checkTheChecker(browser);
  if (screenshots) await takeScreenshots(browser, pages, screenshots);
  await walkPages(browser, pages);
  await failingPages(browser);
  await keyboard(browser, { base });
  await environments(browser, { shell });
  await policies(browser, { shell });
  await checks(browser, { shell });
  await approvals(browser, { makeBot, pusher: pages.pusher, reader, token });
  await auditLog(browser, { shell, data });
  await liveUpdate(browser, { api, live });
  await identities(browser, { api });
  await previews(browser, { api });
  await divergence(browser, { api });
  await tokens(browser, { asToken, reader, token });
  await checkBudget(browser);
  await setUp(browser, { setup });
  await people(browser, { base, token });
  await passkeys(browser, { setup: named });
  await emptyRegistry(browser, { empty, token });
  await checkPolicy(browser);
} catch (error) {
  await step("the journeys go on", () => Promise.reject(error));
} finally {
  await browser.context.close();
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
