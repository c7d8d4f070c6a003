/** Where one is on the map stands in the address: reload, back, forward and a copied link find it again. */

import { beforeEach, expect, test } from "vitest";
import type { Page } from "playwright-core";

import { useBrowser } from "../support/browser";
import { INSPECTOR, MAP, camera, goTo, openMap, settled } from "../support/map";

const { open } = useBrowser();
let page: Page;

beforeEach(async () => {
  page = await open();
  await openMap(page);
});

const title = () => page.locator(`${INSPECTOR} h2`).first().innerText();
const lens = (name: string) => page.getByRole("radio", { name, exact: true });

test("a reload finds selection, lens, filters and camera again", async () => {
  await lens("Traffic").click();
  await settled(page);
  await goTo(page, "checkout", "Deployment");
  await page.getByRole("tab", { name: "YAML" }).click();
  await settled(page);
  const before = await camera(page);
  await expect.poll(() => page.url()).toContain("&at=");
  await expect.poll(() => page.url()).toContain("tab=yaml");
  await page.waitForURL(new RegExp(`at=${before.x.toFixed(1)},`.replaceAll(".", "\\.")));
  await page.reload();
  await page.waitForSelector(`${MAP}[data-painted]`);
  await settled(page);
  expect(await title()).toBe("checkout");
  // Its row is opened and in sight.
  await page.getByRole("treeitem", { selected: true }).filter({ hasText: "checkout" }).waitFor();
  expect(await lens("Traffic").getAttribute("aria-checked")).toBe("true");
  expect(await page.getByRole("tab", { name: "YAML" }).getAttribute("aria-selected")).toBe("true");
  const after = await camera(page);
  expect(after.scale).toBeCloseTo(before.scale, 2);
  expect(Math.abs(after.x - before.x)).toBeLessThan(2);
});

test("back and forward go through what was selected and how it was looked at", async () => {
  await goTo(page, "checkout", "Deployment");
  await goTo(page, "storefront", "Service");
  await lens("Traffic").click();
  await settled(page);
  await page.goBack();
  await expect.poll(() => lens("All").getAttribute("aria-checked")).toBe("true");
  expect(await title()).toBe("storefront");
  await page.goBack();
  await expect.poll(title).toBe("checkout");
  await page.goForward();
  await expect.poll(title).toBe("storefront");
});

test("a copied link shows another page the same", async () => {
  await page.getByRole("button", { name: /Problems/ }).click();
  await settled(page);
  await goTo(page, "checkout", "Deployment");
  // Another tab of the same browser, which has no token yet: the first one vouches for it.
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.waitForSelector(`${MAP}[data-painted]`);
  await expect.poll(() => other.locator(`${INSPECTOR} h2`).first().innerText()).toBe("checkout");
  expect(await other.getByRole("button", { name: /Problems/ }).getAttribute("aria-pressed")).toBe("true");
});

test("the rail's link to the map leaves it as it is", async () => {
  await goTo(page, "checkout", "Deployment");
  await page.getByRole("link", { name: "Map" }).click();
  expect(await title()).toBe("checkout");
  await expect.poll(() => page.url()).toContain("object=");
});
