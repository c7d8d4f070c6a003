/** How a context is shown: what a person calls it, its colour and its tag, kept over a restart of the page. */

import { rm, writeFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, closeCluster, openMap } from "../support/map";
import { type Refusing, refuseAllBut } from "../support/refusing";

const { open } = useBrowser();
const file = process.env.KUBILITICS_KUBECONFIG ?? "";
/** What is remembered goes by the context: a name of its own has nothing remembered. */
const plain = `plain-${process.pid}`;
let server: Refusing;
let page: Page;

beforeEach(async () => {
  if (file === "") throw new Error("KUBILITICS_KUBECONFIG is not set: the kubeconfig that the server was started with");
  server = await refuseAllBut(plain, ["shop"]);
  await writeFile(file, server.kubeconfig);
  page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
});

afterEach(async () => {
  await rm(file, { force: true });
  server.close();
});

// What is open already is listed above, by links.
const row = () => page.getByRole("main").getByRole("listitem").filter({ hasText: plain, has: page.getByRole("button") });
const edge = () => row().locator("div").first().evaluate((element) => getComputedStyle(element).borderLeftColor);
const edit = (title: string) => row().getByRole("button", { name: `Edit how ${title} is shown` });

test("alias, tag, colour and namespaces are shown, kept, and taken back", async () => {
  const before = await edge();
  await edit(plain).click();
  expect(await row().getByLabel("Alias").getAttribute("placeholder")).toBe(plain);
  await row().getByLabel("Alias").fill("Production");
  await row().getByLabel("Tag").fill("PROD");
  await row().getByRole("button", { name: "#7a4fd0" }).click();
  await row().getByLabel("Namespaces").fill("shop, data");
  await row().getByRole("button", { name: "Save" }).click();
  await edit("Production").waitFor();
  // The notice of the change may overtake the answer that closes the form.
  await expect.poll(() => row().getByLabel("Alias").count()).toBe(0);
  // The name of the kubeconfig stays readable beside what it is called here.
  await expect.poll(() => row().innerText()).toMatch(new RegExp(`Production\\s+PROD[^]*${plain} ·`));
  expect(await edge()).toBe("rgb(122, 79, 208)");

  // So is the cluster, once it is open.
  await row().getByRole("button", { name: /Production/ }).first().click();
  const switcher = page.locator("header button[aria-haspopup=true]");
  await expect.poll(() => switcher.innerText()).toMatch(/Production\s+PROD/);
  await closeCluster(page, "Production");

  // A page begins on what is open.
  await page.reload();
  await page.waitForSelector(`${MAP}[data-painted]`);
  await page.getByRole("link", { name: "Clusters" }).click();
  await edit("Production").click();
  expect(await row().getByLabel("Alias").inputValue()).toBe("Production");
  expect(await row().getByLabel("Tag").inputValue()).toBe("PROD");
  expect(await row().getByLabel("Namespaces").inputValue()).toBe("shop, data");
  expect(await row().getByRole("button", { name: "#7a4fd0" }).getAttribute("aria-pressed")).toBe("true");

  await row().getByLabel("Alias").fill("");
  await row().getByLabel("Tag").fill("");
  await row().getByLabel("Namespaces").fill("");
  await row().getByRole("button", { name: "No colour" }).click();
  await row().getByRole("button", { name: "Save" }).click();
  await edit(plain).waitFor();
  expect(await row().innerText()).not.toMatch(/Production|PROD/);
  expect(await edge()).toBe(before);
});

test("what is given up is not kept, by Cancel or by Escape", async () => {
  const ways = [() => row().getByRole("button", { name: "Cancel" }).click(), () => page.keyboard.press("Escape")];
  for (const giveUp of ways) {
    await edit(plain).click();
    await row().getByLabel("Alias").fill("Nonsense");
    await giveUp();
    // The notice of the change may overtake the answer that closes the form.
  await expect.poll(() => row().getByLabel("Alias").count()).toBe(0);
    expect(await row().innerText()).not.toContain("Nonsense");
    await edit(plain).click();
    expect(await row().getByLabel("Alias").inputValue()).toBe("");
    await edit(plain).click();
  }
});
