import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, closeCluster, openMap } from "../support/map";
import { serve } from "../support/serve";

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

/** Contexts that nobody answers for; the last one names a cluster that is not there. */
function kubeconfig(contexts: number): string {
  const named = Array.from({ length: contexts }, (_, at) => ({
    name: `context-${at}`,
    context: { cluster: at === contexts - 1 ? "gone" : "here", user: "nobody" },
  }));
  const clusters = [{ name: "here", cluster: { server: "https://127.0.0.1:1" } }];
  return JSON.stringify({ apiVersion: "v1", kind: "Config", clusters, users: [{ name: "nobody", user: {} }], contexts: named });
}

test("the start screen offers contexts, files and the demo", async () => {
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByRole("heading", { name: "Open a cluster" }).waitFor();
  await page.getByRole("heading", { name: "From your kubeconfig" }).waitFor();
  await page.getByRole("heading", { name: "Open a dump or manifests" }).waitFor();
  // Where the parts stand depends on the window's width.
  await page.getByText("No context found").waitFor();
  expect(await page.getByRole("main").innerText()).not.toMatch(/\b(above|below|beside|left|right)\b/i);
  await page.getByRole("button", { name: "Open the demo" }).click();
  await page.waitForSelector(`${MAP}[data-painted]`);
});

test("hundreds of contexts appear as their file does, only those on screen are asked", async () => {
  const file = process.env.KUBILITICS_KUBECONFIG;
  if (!file) throw new Error("KUBILITICS_KUBECONFIG is not set: the kubeconfig that the server was started with");
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByText("No context found").waitFor();
  const probed: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/context_probe")) probed.push(request.postData() ?? "");
  });
  page.removeAllListeners("console");
  try {
    await writeFile(file, kubeconfig(400));
    const filter = page.getByRole("searchbox", { name: "Filter contexts" });
    await filter.waitFor();
    await page.getByText("400 contexts").waitFor();
    await page.getByRole("heading", { name: file }).waitFor();
    // Found on the way back too, when the list is there before the screen is.
    await page.getByRole("link", { name: "Map" }).click();
    await page.waitForSelector(MAP);
    await page.getByRole("link", { name: "Clusters" }).click();
    await page.getByRole("heading", { name: file }).waitFor();
    expect(await page.getByRole("main").getByRole("listitem").count()).toBeLessThan(40);
    await expect.poll(() => probed.length).toBeGreaterThan(3);
    expect(probed.length).toBeLessThan(40);
    // A context whose cluster entry is missing says so, and holds up nobody.
    await filter.fill("context-399");
    await expect.poll(() => page.getByRole("main").innerText()).toMatch(/no cluster|not there|missing|does not exist/i);
    expect(await page.getByRole("button", { name: /context-399/ }).first().isDisabled()).toBe(true);
    await filter.fill("no such context");
    await page.getByText("No context matches").waitFor();
  } finally {
    await rm(file, { force: true });
  }
  await page.getByText("No context found").waitFor();
});

test("a program that logs in runs only when somebody asks", async () => {
  const file = process.env.KUBILITICS_KUBECONFIG;
  if (!file) throw new Error("KUBILITICS_KUBECONFIG is not set: the kubeconfig that the server was started with");
  const marker = join(dirname(await manifest()), "ran");
  const login = { apiVersion: "client.authentication.k8s.io/v1", command: "touch", args: [marker], interactiveMode: "Never" };
  const context = (name: string) => ({ name, context: { cluster: "here", user: name } });
  const config = {
    apiVersion: "v1", kind: "Config", contexts: [context("with-plugin"), context("without")],
    clusters: [{ name: "here", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "with-plugin", user: { exec: login } }, { name: "without", user: {} }],
  };
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByText("No context found").waitFor();
  page.removeAllListeners("console");
  try {
    await writeFile(file, JSON.stringify(config));
    const row = (name: string) => page.getByRole("button", { name: new RegExp(`^(?!Edit|Ask|Why).*${name}`) });
    await expect.poll(() => row("without").innerText()).toMatch(/127\.0\.0\.1:1[^]*(refused|does not answer|cannot be reached)/i);
    expect(await row("with-plugin").innerText()).toContain("Logs in with touch, not asked yet");
    expect(existsSync(marker)).toBe(false);
    await page.getByRole("button", { name: /^Ask whether with-plugin answers, which runs touch/ }).click();
    await expect.poll(() => existsSync(marker)).toBe(true);
    await expect.poll(() => row("with-plugin").innerText()).not.toContain("not asked yet");
  } finally {
    await rm(file, { force: true });
  }
  await page.getByText("No context found").waitFor();
});

/** Chooses it in the browser's dialog. */
async function choose(page: Page, button: "Files…" | "Folder…", path: string) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button }).click();
  await (await chooser).setFiles(path);
}

test("a file that holds no object is named, and nothing else breaks", async () => {
  const path = await manifest();
  await writeFile(path, "just: words\n");
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  page.removeAllListeners("console");
  await choose(page, "Files…", path);
  const files = page.getByRole("region", { name: "Open a dump or manifests" });
  await expect.poll(() => files.getByRole("alert").innerText()).toContain("web.yaml");
});

test("beside what is open and thirty contexts, files can be opened in sight, and nothing is cut or forced into capitals", async () => {
  const file = process.env.KUBILITICS_KUBECONFIG;
  if (!file) throw new Error("KUBILITICS_KUBECONFIG is not set: the kubeconfig that the server was started with");
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByText("No context found").waitFor();
  page.removeAllListeners("console");
  try {
    await writeFile(file, kubeconfig(30));
    await page.getByText("30 contexts").waitFor();
    const first = page.getByRole("listitem").filter({ hasText: "context-0" });
    await expect.poll(() => first.innerText()).toContain("https://127.0.0.1:1 refused the connection");
    expect(await first.innerText()).not.toContain("nothing listens there");
    await first.getByRole("button", { name: /^Why/ }).click();
    await expect.poll(() => first.innerText()).toContain("Nothing listens there");
    const main = page.getByRole("main");
    expect(await main.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    const [contexts, opened] = await Promise.all(["From your kubeconfig", "Open now"].map((name) => page.getByRole("region", { name }).boundingBox()));
    expect(contexts?.width).toBe(opened?.width);
    await main.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    const button = await page.getByRole("button", { name: "Files…" }).boundingBox();
    expect(button?.y).toBeGreaterThan(0);
    expect(button?.y).toBeLessThan(800);
  } finally {
    await rm(file, { force: true });
  }
  await page.getByText("No context found").waitFor();
});

test("a folder is opened from the browser's machine", async () => {
  const folder = dirname(await manifest());
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  await choose(page, "Folder…", folder);
  await page.waitForSelector(`${MAP}[data-painted]`);
  await expect.poll(() => page.locator("header button[aria-haspopup=true]").innerText()).toContain(basename(folder));
  expect(await page.getByRole("treeitem", { name: /web/ }).count()).toBeGreaterThan(0);
  await closeCluster(page, basename(folder));
});

test("paths of the serving machine are opened below the folders that it was started with, and nowhere else", async () => {
  const path = await manifest();
  const served = await serve("--demo", "--still", "--files", dirname(path));
  try {
    const page = await open({ url: served.url });
    await openMap(page);
    await page.getByRole("link", { name: "Clusters" }).click();
    page.removeAllListeners("console");
    const paths = page.getByRole("textbox", { name: /by path/ });
    await paths.fill("/etc/hostname");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await expect.poll(() => page.getByRole("alert").innerText()).toMatch(/may not open \/etc\/hostname[^]*serve --files/);
    await paths.fill(path);
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await expect.poll(() => page.getByTestId("freshness").innerText()).toMatch(/^from files/);
  } finally {
    served.close();
  }
});

test("several clusters are open at once, and the switcher goes between them", async () => {
  const page = await open();
  await openMap(page);
  const first = page.url();
  await page.getByRole("link", { name: "Clusters" }).click();
  await choose(page, "Files…", await manifest());
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

test("what is open is listed at the start, and leads back to its map", async () => {
  const page = await open();
  await openMap(page);
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByRole("region", { name: "Open now" }).getByRole("link", { name: /the demo, in this application/ }).click();
  await page.waitForSelector(`${MAP}[data-painted]`);
});
