// The pictures of the documentation.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export async function takeScreenshots(browser, pages, folder) {
  await mkdir(folder, { recursive: true });
  const shots = {
    home: "/",
    repository: "/repos/shop",
    "status-matrix": "/repos/shop?tab=databases",
    deployment: new URL(pages.failed).pathname,
    "deployment-set": new URL(pages.set).pathname,
    migrations: "/migrations",
    environments: "/environments",
    approvals: "/approvals",
    "audit-log": "/settings/audit",
  };
  const { page } = browser;
  await page.setViewportSize({ width: 1280, height: 900 });
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const [name, path] of Object.entries(shots)) {
      await page.goto(browser.base + path);
      await page.locator("h1").waitFor();
      await page.locator(".skeleton").waitFor({ state: "detached" });
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
    }
  }
}
