/** What is on screen when nobody answers any more: the last picture, and how old it is. */

import { rm, writeFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, closeCluster, goTo, openContext, openMap } from "../support/map";
import { refuseAllBut } from "../support/refusing";
import { serve } from "../support/serve";

const { open } = useBrowser();

const freshness = (page: Page) => page.getByTestId("freshness").innerText();
const banner = (page: Page, title: string | RegExp) => page.getByRole("status").filter({ hasText: title });

test("the application's server ends: what was seen stays, and its age is told", async () => {
  const served = await serve("--demo", "--still");
  try {
    const page = await open({ url: served.url });
    await openMap(page);
    page.removeAllListeners("console");
    served.close();
    await banner(page, "The application's server does not answer").waitFor();
    expect(await banner(page, "The application's server does not answer").innerText()).toMatch(/What you see is \d+s old/);
    await expect.poll(() => freshness(page)).toMatch(/^disconnected · /);
    expect(await page.getByRole("treeitem").count()).toBeGreaterThan(5);
    expect(await page.locator(MAP).isVisible()).toBe(true);
  } finally {
    served.close();
  }
});

test("the cluster ends: the map stays, and is not called live", async () => {
  const file = process.env.KUBILITICS_KUBECONFIG ?? "";
  const name = `mortal-${process.pid}`;
  const server = await refuseAllBut(name, ["shop"]);
  try {
    await writeFile(file, server.kubeconfig);
    const page = await open();
    await openMap(page);
    await openContext(page, name);
    await page.getByLabel(/^Namespaces to look into/).fill("shop");
    await page.getByRole("button", { name: "Look there" }).click();
    await expect.poll(() => page.getByRole("treeitem").first().innerText()).toContain("shop");
    server.close();
    await banner(page, /refused the connection|broke the connection off/).waitFor();
    await expect.poll(() => freshness(page)).toMatch(/^stale · /);
    await goTo(page, "settings", "ConfigMap");
    await page.getByRole("heading", { name: "settings" }).waitFor();
    await closeCluster(page, name);
  } finally {
    await rm(file, { force: true });
    server.close();
  }
});
