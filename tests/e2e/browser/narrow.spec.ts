/** In a small window nothing falls off and nothing lies over anything else. */

import { rm, writeFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, closeCluster, goTo, openContext, openMap } from "../support/map";
import { refuseAllBut } from "../support/refusing";

const { open } = useBrowser();

/** Controls of which not every corner is on the page and uncovered. */
async function outOfReach(page: Page, within: string): Promise<string[]> {
  return await page.locator(`:is(${within}) :is(button, input, select, a)`).evaluateAll((controls) =>
    controls.flatMap((control) => {
      const { left, right, top, bottom } = control.getBoundingClientRect();
      const corners = [left + 2, right - 2].flatMap((x) => [top + 2, bottom - 2].map((y) => document.elementFromPoint(x, y)));
      const isReached = left >= 0 && right <= innerWidth && corners.every((found) => found !== null && (control.contains(found) || found.contains(control)));
      return isReached ? [] : [`${control.getAttribute("aria-label") ?? control.textContent} at ${Math.round(left)} to ${Math.round(right)}`];
    }),
  );
}

test.each([800, 960, 1240, 1260, 1280])("every control of the bars is within reach at %i pixels", async (width) => {
  const page = await open({ viewport: { width, height: 600 } });
  await openMap(page);
  await page.getByRole("button", { name: /^Filter/ }).click();
  await page.getByRole("checkbox", { name: "payments" }).check();
  const panel = await page.getByRole("region", { name: "Filters" }).boundingBox();
  expect(panel?.x).toBeGreaterThanOrEqual(0);
  expect((panel?.x ?? 0) + (panel?.width ?? width)).toBeLessThanOrEqual(width);
  await page.keyboard.press("Escape");
  expect(await outOfReach(page, "header, footer, nav[aria-label=Sections]")).toEqual([]);
  await page.keyboard.press("/");
  await page.keyboard.insertText("checkout");
  await page.getByRole("option").first().waitFor();
  const list = await page.getByRole("listbox").boundingBox();
  expect((list?.x ?? 0) + (list?.width ?? width)).toBeLessThanOrEqual(width);
  await page.keyboard.press("Escape");
  await goTo(page, "gateway", "Deployment");
  expect(await outOfReach(page, "header, footer, [role=tablist]")).toEqual([]);
  expect((await page.locator(MAP).boundingBox())?.width).toBeGreaterThanOrEqual(270);
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByTestId("export").getByLabel("Format").waitFor();
  expect(await outOfReach(page, "header, [data-testid=export] header")).toEqual([]);
});

test("lenses are a list where there is no room for a row", async () => {
  const page = await open({ viewport: { width: 960, height: 600 } });
  await openMap(page);
  const list = page.getByRole("combobox", { name: "Lens" });
  const objects = () => page.getByRole("navigation", { name: "Outline" }).locator("h2 + span").innerText();
  const all = await objects();
  await list.selectOption("storage");
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(await page.getByRole("radio", { name: "Storage", exact: true }).getAttribute("aria-checked")).toBe("true");
  await page.setViewportSize({ width: 960, height: 600 });
  expect(await list.inputValue()).toBe("storage");
  await list.selectOption("all");
  await expect.poll(objects).toBe(all);
});

test("a long name of a cluster gives way", async () => {
  const file = process.env.KUBILITICS_KUBECONFIG ?? "";
  const name = `arn:aws:eks:eu-central-1:123456789012:cluster/production-europe-${process.pid}`;
  const server = await refuseAllBut(name, ["shop"]);
  const page = await open({ viewport: { width: 800, height: 600 } });
  await openMap(page);
  try {
    await writeFile(file, server.kubeconfig);
    await openContext(page, name);
    await page.getByText("This account may list nothing here").waitFor();
    expect(await outOfReach(page, "header, footer")).toEqual([]);
    await closeCluster(page, name);
  } finally {
    await rm(file, { force: true });
    server.close();
  }
});
