import { readFile } from "node:fs/promises";

import type { Locator, Page } from "playwright-core";
import { beforeEach, describe, expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { openMap } from "../support/map";

const { open } = useBrowser();
let page: Page;
let panel: Locator;

/** Choices are remembered from test to test: each begins with the first ones. */
beforeEach(async () => {
  page = await open();
  await openMap(page);
  panel = page.getByTestId("export");
  await page.getByRole("button", { name: "Export" }).click();
  await panel.getByLabel("Format").selectOption("png");
  await panel.getByLabel("Scale").selectOption("1");
  await panel.getByLabel("Format").selectOption("svg");
  await panel.getByLabel("Look").selectOption("light");
  await panel.getByRole("radio", { name: "Everything" }).check();
  for (const box of await panel.getByRole("checkbox").all()) await box.uncheck();
});

/** `name` is that of the file, without its ending. */
async function exported(name = "shop-eu-1"): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name: "Download" }).click()]);
  expect(download.suggestedFilename().replace(/\.\w+$/, "")).toBe(name);
  return await readFile(await download.path());
}

const asText = async (name?: string) => (await exported(name)).toString("utf8");

const STARTS: Record<string, string> = { svg: "<svg", json: "{", pdf: "%PDF-", drawio: "<mxfile", mermaid: "", d2: "", dot: "digraph", graphml: "<?xml" };

test("every format comes as a download", async () => {
  const offered = () => panel.getByLabel("Format").locator("option").evaluateAll((options) => options.map((each) => (each as HTMLOptionElement).value));
  await expect.poll(offered).not.toEqual([]);
  const formats = await offered();
  expect(formats).toEqual(expect.arrayContaining(["svg", "png", "pdf", "json", "drawio", "mermaid", "d2", "dot", "graphml"]));
  for (const format of formats) {
    await panel.getByLabel("Format").selectOption(format);
    const bytes = await exported();
    expect(bytes.byteLength, format).toBeGreaterThan(100);
    expect(bytes.subarray(0, 200).toString("latin1"), format).toContain(STARTS[format] ?? "");
  }
});

test("an enlarged preview fits the window, and Escape leads back into the export", async () => {
  const button = panel.getByRole("button", { name: "Enlarge the preview" });
  await button.click();
  const box = await panel.getByAltText("Preview of the export").boundingBox();
  expect(box?.height).toBeLessThanOrEqual(800);
  expect(box?.y).toBeGreaterThanOrEqual(0);
  expect(box?.width).toBeGreaterThan(900);
  await page.keyboard.press("Escape");
  await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await panel.isVisible()).toBe(true);
});

test("a preview is drawn, and choices are remembered", async () => {
  await panel.getByLabel("Format").selectOption("pdf");
  await panel.getByLabel("Look").selectOption("dark");
  await expect.poll(() => panel.getByAltText("Preview of the export").evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Export" }).click();
  await expect.poll(() => panel.getByLabel("Format").inputValue()).toBe("pdf");
  await expect.poll(() => panel.getByLabel("Look").inputValue()).toBe("dark");
});

describe("what a picture is like", () => {
  test("a scale makes it larger", async () => {
    await panel.getByLabel("Format").selectOption("png");
    const width = async () => (await exported()).readUInt32BE(16);
    await panel.getByLabel("Scale").selectOption("0.5");
    const small = await width();
    await panel.getByLabel("Scale").selectOption("1");
    expect((await width()) / small).toBeCloseTo(2, 2);
  });

  test("a title of its own, dark, and a stamp only where one is asked for", async () => {
    const said = async () => {
      const text = await asText();
      return { name: text.includes(">shop-eu-1<"), title: text.includes(">Before the move<"), time: /\d\d:\d\d UTC/.test(text), dark: /#0e1113/i.test(text) };
    };
    expect(await said()).toEqual({ name: true, title: false, time: false, dark: false });
    await panel.getByLabel("Title").fill("Before the move");
    await panel.getByLabel("Look").selectOption("dark");
    await panel.getByRole("checkbox", { name: "Stamp with context and time" }).check();
    expect(await said()).toEqual({ name: false, title: true, time: true, dark: true });
  });

  test("nothing folded draws every pod", async () => {
    const folded = await asText();
    await panel.getByRole("checkbox", { name: /^Nothing folded/ }).check();
    expect((await asText()).length).toBeGreaterThan(folded.length * 1.3);
  });

  test("under a filter what the map shows is offered, and named after it, or everything", async () => {
    const namespaces = async (name: string) => {
      const { nodes } = JSON.parse(await asText(name)) as { nodes: Array<{ namespace: string }> };
      return [...new Set(nodes.map((node) => node.namespace))].toSorted();
    };
    await page.getByRole("button", { name: /^Filter/ }).click();
    await page.getByRole("checkbox", { name: "payments" }).check();
    await page.getByRole("button", { name: "Export" }).click();
    await panel.getByLabel("Format").selectOption("json");
    const shown = await namespaces("shop-eu-1-payments");
    expect(shown).toContain("payments");
    expect(shown).not.toContain("data");
    await panel.getByRole("radio", { name: "Everything" }).check();
    expect(await namespaces("shop-eu-1")).toEqual(expect.arrayContaining(["payments", "shop", "data"]));
  });
});

test("what is written is listed, with its cluster and size", async () => {
  await panel.getByLabel("Format").selectOption("dot");
  await exported();
  await expect.poll(() => panel.getByRole("status").innerText()).toMatch(/Exported[^]*shop-eu-1\.dot · [\d.]+ KB/);
  const latest = panel.getByRole("heading", { name: "Before" }).locator("xpath=..").getByRole("listitem").first();
  await expect.poll(() => latest.innerText()).toMatch(/^shop-eu-1\.dot[^]*shop-eu-1 · [\d.]+ KB/);
});

test("a long one can be cancelled, and leaves no file", async () => {
  await panel.getByLabel("Format").selectOption("png");
  await panel.getByLabel("Scale").selectOption("3");
  await panel.getByRole("checkbox", { name: /^Nothing folded/ }).check();
  const downloads: string[] = [];
  page.on("download", (download) => downloads.push(download.url()));
  await panel.getByRole("button", { name: "Download" }).click();
  await panel.getByRole("progressbar", { name: "Export" }).waitFor();
  await panel.getByRole("button", { name: "Cancel" }).click();
  await panel.getByText("No file was written.").waitFor();
  expect(await panel.getByRole("progressbar").count()).toBe(0);
  expect(await panel.getByRole("button", { name: "Cancel" }).count()).toBe(0);
  // The panel is ready for the next one.
  await panel.getByLabel("Format").selectOption("dot");
  expect(await asText()).toContain("digraph");
  expect(downloads).toHaveLength(1);
});
