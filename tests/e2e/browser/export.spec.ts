import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { openMap } from "../support/map";

const { open } = useBrowser();

const STARTS: Record<string, string> = { svg: "<svg", json: "{", pdf: "%PDF-", drawio: "<mxfile", mermaid: "", d2: "", dot: "digraph", graphml: "<?xml" };

test("every format comes as a download", async () => {
  const page = await open();
  await openMap(page);
  await page.getByRole("button", { name: "Export" }).click();
  const panel = page.getByTestId("export");
  const offered = () => panel.getByLabel("Format").locator("option").evaluateAll((options) => options.map((each) => (each as HTMLOptionElement).value));
  await expect.poll(offered).not.toEqual([]);
  const formats = await offered();
  expect(formats).toEqual(expect.arrayContaining(["svg", "png", "pdf", "json", "drawio", "mermaid", "d2", "dot", "graphml"]));
  for (const format of formats) {
    await panel.getByLabel("Format").selectOption(format);
    const [download] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name: "Download" }).click()]);
    const bytes = await readFile(await download.path());
    expect(bytes.byteLength, format).toBeGreaterThan(100);
    expect(bytes.subarray(0, 200).toString("latin1"), format).toContain(STARTS[format] ?? "");
  }
});

test("a preview is drawn, and choices are remembered", async () => {
  const page = await open();
  await openMap(page);
  await page.getByRole("button", { name: "Export" }).click();
  const panel = page.getByTestId("export");
  await panel.getByLabel("Format").selectOption("pdf");
  await panel.getByLabel("Look").selectOption("dark");
  await expect.poll(() => panel.getByAltText("Preview of the export").evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Export" }).click();
  await expect.poll(() => panel.getByLabel("Format").inputValue()).toBe("pdf");
  await expect.poll(() => panel.getByLabel("Look").inputValue()).toBe("dark");
  await panel.getByLabel("Look").selectOption("light");
  await panel.getByLabel("Format").selectOption("svg");
});
