/** Pictures of the screens that matter, for who changes the interface to lay side by side; `cargo xtask screenshots`. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { describe, test } from "vitest";

import { useBrowser } from "../support/browser";
import { goTo, openMap, settled } from "../support/map";

const { open } = useBrowser();
const folder = process.env.KUBILITICS_SCREENSHOTS;
if (!folder) throw new Error("KUBILITICS_SCREENSHOTS is not set: the folder to write the pictures to");
await mkdir(folder, { recursive: true });

/** The moment at which the demo stands: ages read the same in every run. */
const MOMENT = new Date("2026-11-20T14:02:00Z");
const SIZES = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

describe.each(SIZES)("$width × $height", (viewport) => {
  test.each(["light", "dark"] as const)("%s", async (colorScheme) => {
    const page = await open({ colorScheme, viewport });
    await page.clock.setFixedTime(MOMENT);
    await page.reload();
    const write = async (screen: string) => {
      await page.screenshot({ path: join(folder, `${screen}-${viewport.width}x${viewport.height}-${colorScheme}.png`) });
    };
    await openMap(page);
    await write("map");
    await goTo(page, "checkout", "Deployment");
    await page.getByRole("tab", { name: "Overview" }).waitFor();
    await pointAway(page);
    await write("selection");
    await page.getByRole("button", { name: "Focus" }).click();
    await page.getByRole("button", { name: "Whole map" }).waitFor();
    await settled(page);
    await write("focus");
    await page.getByRole("button", { name: "Whole map" }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("img", { name: "Preview of the export" }).waitFor();
    await settled(page);
    await write("export");
    await page.getByRole("link", { name: "Clusters" }).click();
    await page.getByRole("heading", { name: "Open a cluster" }).waitFor();
    await write("start");
  });
});

/** What lies under the pointer would light up. */
async function pointAway(page: Page) {
  await page.mouse.move(2, 2);
  await settled(page);
}
