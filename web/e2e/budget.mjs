// What the first screen costs on the wire, and that nothing but the server's own files may run.
import assert from "node:assert/strict";
import { step } from "./harness.mjs";

const bytesMax = 25 * 1024;
const requestsMax = 8;

export async function checkBudget(browser) {
  await step("the first screen is small", async () => {
    const { page, context } = browser;
    const client = await context.newCDPSession(page);
    await client.send("Network.enable");
    await client.send("Network.setCacheDisabled", { cacheDisabled: true });
    const kinds = new Map();
    const loaded = [];
    client.on("Network.responseReceived", ({ requestId, type, response }) => kinds.set(requestId, { type, url: response.url }));
    client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => loaded.push({ ...kinds.get(requestId), bytes: encodedDataLength }));
    await browser.go("/", "Home");
    await page.waitForTimeout(300);
    await client.detach();
    const code = loaded.filter(({ type }) => type === "Script" || type === "Stylesheet");
    const codeBytes = code.reduce((sum, { bytes }) => sum + bytes, 0);
    console.log(`        first screen: ${codeBytes} bytes of script and style in ${code.length} files, ${loaded.length} requests`);
    assert.ok(codeBytes > 0 && codeBytes <= bytesMax, `${codeBytes} bytes, ${bytesMax} allowed`);
    assert.ok(loaded.length <= requestsMax, `${loaded.length} requests: ${loaded.map(({ url }) => url).join(" ")}`);
  });
}

export async function checkPolicy(browser) {
  await step("the content security policy allows nothing inline and nobody else", async () => {
    const response = await browser.page.request.get(browser.base + "/");
    const policy = response.headers()["content-security-policy"] ?? "";
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'/);
    assert.doesNotMatch(policy, /unsafe-|https?:|\*/);
    assert.doesNotMatch(await response.text(), /<script(?![^>]*src=)|\sstyle=|\son\w+=/);
  });
  await step("no page complained, broke the policy or asked another server", async () => {
    assert.deepEqual(browser.complaints, []);
  });
}
