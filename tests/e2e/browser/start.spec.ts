import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, openMap } from "../support/map";

const { open } = useBrowser();

/** A file with one small application. */
async function manifest(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "kubilitics-e2e-")), "web.yaml");
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } };
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } };
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { selector: { matchLabels: { app: "web" } }, template } };
  await writeFile(path, `${JSON.stringify(service)}\n---\n${JSON.stringify(deployment)}\n`);
  return path;
}

test("the start screen offers contexts, files and the demo", async () => {
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByRole("heading", { name: "Open a cluster" }).waitFor();
  await page.getByRole("heading", { name: "From your kubeconfig" }).waitFor();
  await page.getByRole("heading", { name: "Open a dump or manifests" }).waitFor();
  await page.getByRole("button", { name: "Open the demo" }).click();
  await page.waitForSelector(`${MAP}[data-painted]`);
});

test("a path that does not exist is named, and nothing else breaks", async () => {
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  page.removeAllListeners("console");
  await page.getByRole("textbox", { name: /^Paths/ }).fill("/no/such/place.yaml");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect.poll(() => page.getByRole("alert").innerText()).toContain("/no/such/place.yaml");
});

test("several clusters are open at once, and the switcher goes between them", async () => {
  const page = await open();
  await openMap(page);
  const first = page.url();
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByRole("textbox", { name: /^Paths/ }).fill(await manifest());
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await page.waitForSelector(`${MAP}[data-painted]`);
  expect(page.url()).not.toBe(first);
  await expect.poll(() => page.getByTestId("freshness").innerText()).toMatch(/^from files/);
  const switcher = page.locator("header button[aria-haspopup=true]");
  await switcher.click();
  await page.locator("header li button[aria-current=false]").first().click();
  await page.waitForURL(first);
  await switcher.click();
  await page.getByRole("button", { name: /^Close / }).last().click();
  await expect.poll(() => page.getByRole("button", { name: /^Close / }).count()).toBe(1);
});
