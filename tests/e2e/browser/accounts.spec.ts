import { rm, writeFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { afterEach, beforeEach, expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, closeCluster, openContext, openMap } from "../support/map";
import { type Refusing, refuseAllBut } from "../support/refusing";

const { open } = useBrowser();
const file = process.env.KUBILITICS_KUBECONFIG ?? "";
/** What is remembered goes by the context: a name of its own has nothing remembered. */
const guest = `guest-${process.pid}`;
let server: Refusing;
let page: Page;

beforeEach(async () => {
  if (file === "") throw new Error("KUBILITICS_KUBECONFIG is not set: the kubeconfig that the server was started with");
  server = await refuseAllBut(guest, ["shop", "data"]);
  await writeFile(file, server.kubeconfig);
  page = await open();
  await openMap(page);
  await openContext(page, guest);
});

afterEach(async () => {
  await rm(file, { force: true });
  server.close();
});

test("who may list nothing is told so, names namespaces there and then, and finds them again", async () => {
  const outline = page.getByRole("tree", { name: "Objects on the map" });
  await page.getByText("This account may list nothing here").waitFor();
  await expect.poll(() => page.getByTestId("freshness").innerText()).toMatch(/^nothing to see/);
  await page.getByLabel(/^Namespaces to look into/).fill("shop");
  await page.getByRole("button", { name: "Look there" }).click();
  await expect.poll(() => outline.innerText()).toContain("shop");
  await expect.poll(() => page.getByRole("contentinfo").innerText()).toContain("only shop");
  await expect.poll(() => page.getByTestId("freshness").innerText()).toMatch(/^live/);

  await page.getByRole("button", { name: /not allowed · \d+ in some namespaces only/ }).click();
  const panel = page.getByRole("region", { name: "What is in the picture" });
  expect(await panel.innerText()).toContain("Only what is in shop");
  await panel.getByLabel(/^Namespaces to look into/).fill("shop, data, shpo");
  await panel.getByRole("button", { name: "Look there" }).click();
  await expect.poll(() => outline.innerText()).toContain("data");
  await expect.poll(() => panel.innerText()).toMatch(/may list nothing in shpo\n/);

  await closeCluster(page, guest);
  await openContext(page, guest);
  await page.waitForSelector(`${MAP}[data-painted]`);
  await expect.poll(() => outline.innerText()).toMatch(/shop[^]*data|data[^]*shop/);
  await expect.poll(() => page.getByRole("contentinfo").innerText()).toContain("only data, shop");
  await closeCluster(page, guest);
});
