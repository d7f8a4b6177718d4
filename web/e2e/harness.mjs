// A browser whose pages may do nothing unexpected, and named steps that are counted.
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export const counts = { passed: 0, failed: 0 };

/** Runs one step; a failure is told and counted, the next one goes on. */
export async function step(name, act) {
  try {
    await act();
    counts.passed += 1;
    console.log(`ok      ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`not ok  ${name}\n${String(error?.stack ?? error).replace(/^/gm, "        ")}`);
  }
}

export class Browser {
  /** What pages complained about and nobody expected. */
  complaints = [];

  static async open({ executable, profile, base, friends }) {
    const browser = new Browser();
    browser.base = base;
    browser.servers = [base, ...friends, "data:"];
    browser.context = await chromium.launchPersistentContext(profile, {
      executablePath: executable,
      args: flags,
      viewport: { width: 1360, height: 850 },
      permissions: ["clipboard-read", "clipboard-write"],
      timezoneId: "Europe/Berlin",
    });
    browser.context.setDefaultTimeout(8000);
    browser.page = browser.context.pages()[0] ?? (await browser.context.newPage());
    browser.watch(browser.page);
    return browser;
  }

  watch(page) {
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on("request", (request) => {
      if (!this.servers.some((server) => request.url().startsWith(server))) this.complaints.push(`outside request: ${request.url()}`);
    });
  }

  /** Forgets complaints that match; a refused request is told by the browser whatever the page does. */
  expectComplaint(pattern) {
    const before = this.complaints.length;
    this.complaints = this.complaints.filter((text) => !pattern.test(text));
    assert.ok(before > this.complaints.length, `no complaint like ${pattern}`);
  }

  async go(path, heading) {
    await this.page.goto(path.startsWith("http") ? path : this.base + path);
    await this.heading(heading);
  }

  async heading(text) {
    await this.page.getByRole("heading", { level: 1, name: text }).waitFor();
    await this.page.waitForFunction(() => document.querySelector(".skeleton") === null);
  }

  /** No violation of WCAG A and AA, in light and dark. */
  async checkAccessibility() {
    for (const colorScheme of ["light", "dark"]) {
      await this.page.emulateMedia({ colorScheme });
      // The page's policy forbids foreign script elements, so the checker is evaluated.
      await this.page.evaluate((await import("node:fs")).readFileSync(axePath, "utf8"));
      const { violations } = await this.page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags }), wcag);
      const told = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
      assert.deepEqual(told, [], `${colorScheme} ${this.page.url()}`);
    }
  }

  /** The page itself never scrolls sideways, whatever is in it. */
  async checkWidth(width) {
    await this.page.setViewportSize({ width, height: 850 });
    const [content, frame] = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    await this.page.setViewportSize({ width: 1360, height: 850 });
    assert.ok(content <= frame, `${this.page.url()} is ${content} px wide in a window of ${frame}`);
  }
}
