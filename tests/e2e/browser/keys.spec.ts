/** Whatever was done last, the keys of the map work at once: nothing has to be pressed on it first. */

import { beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";

import { useBrowser } from "../support/browser";
import { INSPECTOR, MAP, goTo, openMap } from "../support/map";

const { open } = useBrowser();
let page: Page;

beforeEach(async () => {
  page = await open();
  await openMap(page);
});

/** Kind and name of what is inspected; empty where nothing is. */
async function inspected(): Promise<string> {
  return (await page.locator(`${INSPECTOR} p, ${INSPECTOR} h2`).allInnerTexts()).slice(0, 2).join(" ");
}

/** The map has the keyboard, and does what its keys say. */
async function mapListens() {
  await expect.poll(() => page.evaluate((map) => document.activeElement?.matches(map), MAP)).toBe(true);
  const before = await inspected();
  await page.keyboard.press("j");
  await expect.poll(inspected).not.toBe(before);
}

test("as soon as it is there", async () => {
  await page.reload();
  await page.waitForSelector(`${MAP}[data-painted]`);
  await mapListens();
});

test("and shows that it listens, once keys are used", async () => {
  const ring = () => page.locator(MAP).evaluate((map) => getComputedStyle(map, "::after").borderTopWidth);
  await page.reload();
  await page.waitForSelector(`${MAP}[data-painted]`);
  await expect.poll(() => page.evaluate((map) => document.activeElement?.matches(map), MAP)).toBe(true);
  expect(await ring()).toBe("0px");
  await page.keyboard.press("j");
  expect(await ring()).toBe("2px");
  await page.mouse.click(700, 740);
  expect(await ring()).toBe("0px");
  await page.keyboard.press("/");
  await page.keyboard.insertText("storefront");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
  expect(await ring()).toBe("2px");
});

test("on the cluster that was just switched to", async () => {
  await page.locator("header button[aria-haspopup=true]").click();
  await page.locator("header li button[aria-current=true]").click();
  await mapListens();
});

describe("after a search", () => {
  test("that found something, by Enter or by pointer", async () => {
    await page.keyboard.press("/");
    await page.keyboard.insertText("storefront");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Enter");
    await mapListens();
    await goTo(page, "checkout", "Deployment");
    await mapListens();
  });

  test("that was given up", async () => {
    await page.keyboard.press("/");
    await page.keyboard.insertText("storefront");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("option").count()).toBe(0);
    await mapListens();
  });

  test("for the other end of a path", async () => {
    await goTo(page, "checkout", "Deployment");
    await page.getByRole("tab", { name: "Reach" }).click();
    await page.getByRole("combobox", { name: "Path to…" }).fill("cart");
    await page.getByRole("option").filter({ hasText: "Service" }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("group", { name: "Path" }).waitFor();
    await mapListens();
  });
});

describe("after the inspector", () => {
  beforeEach(async () => goTo(page, "checkout", "Deployment"));

  test("was closed, by Escape or by its button", async () => {
    await page.getByRole("tab", { name: /^Relations/ }).click();
    await page.keyboard.press("Escape");
    await page.locator(INSPECTOR).waitFor({ state: "detached" });
    await mapListens();
    await page.getByRole("button", { name: "Close the inspector" }).click();
    await page.locator(INSPECTOR).waitFor({ state: "detached" });
    await mapListens();
  });

  test("led on to another object", async () => {
    await page.getByRole("tab", { name: /^Relations/ }).click();
    await page.getByRole("button", { name: "checkout-keys" }).first().click();
    await expect.poll(inspected).toContain("checkout-keys");
    await mapListens();
  });
});

test.each([
  ["Export", () => page.getByTestId("export"), "Close export"],
  [/^Filter/, () => page.getByRole("region", { name: "Filters" }), null],
  [/kinds visible/, () => page.getByRole("region", { name: "What is in the picture" }), "Close"],
  ["Keys", () => page.getByRole("region", { name: "Keys" }), "Close the list of keys"],
  ["Settings", () => page.getByRole("region", { name: "Settings" }), "Close settings"],
  ["Legend", () => page.getByRole("region", { name: "Legend" }), null],
] as const)("after the panel of %s, however it was closed", async (name, panel, closes) => {
  const opener = page.getByRole("button", { name, exact: typeof name === "string" });
  const ways = [() => opener.click(), () => page.keyboard.press("Escape"), ...(closes === null ? [] : [() => page.getByRole("button", { name: closes, exact: true }).click()])];
  for (const close of ways) {
    await opener.click();
    await panel().waitFor();
    await close();
    await panel().waitFor({ state: "detached" });
    await mapListens();
    await page.keyboard.press("Escape");
  }
});

test("after filters that nothing matches were cleared", async () => {
  await page.keyboard.press("w");
  await page.getByRole("group", { name: /^Kinds/ }).getByRole("checkbox", { name: "CronJob", exact: true }).check();
  await page.getByRole("group", { name: /^State/ }).getByRole("checkbox", { name: "missing" }).check();
  await page.getByText("Nothing matches these filters").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByRole("treeitem").first().waitFor();
  await mapListens();
});
