/** Panning a large map in Chromium without a GPU. */

import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { tell } from "../support/figures";
import { MAP, cards, picture } from "../support/map";
import { FRAMES, STEP, tellFrames } from "./frames";
import { pan } from "./page";

const browser = useBrowser();

test("panning a map of ten thousand nodes", async () => {
  const page = await browser.open();
  await page.waitForURL(/#\/cluster\//);
  await page.waitForSelector(`${MAP}[data-painted]`);
  await expect.poll(async () => await page.textContent("[data-testid=freshness]"), { timeout: 60_000 }).toMatch(/^live/);
  const drawn = cards(await picture(page));
  tell("frames.nodes", drawn.reduce((sum, { card }) => sum + 1 + card.pods.length, 0));
  tellFrames("browser", await page.evaluate(`(${pan})(${FRAMES}, ${STEP})`));
});
