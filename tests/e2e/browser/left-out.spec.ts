/** What lens and filters keep off the map is said, and shown when asked for. */

import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, goTo, openMap, settled } from "../support/map";

const { open } = useBrowser();

test("going to what is filtered out says so, and the keyboard alone brings it back", async () => {
  const page = await open();
  await openMap(page);
  await page.keyboard.press("w");
  await page.getByRole("group", { name: /^Namespaces/ }).getByRole("checkbox", { name: "payments", exact: true }).check();
  await page.keyboard.press("Escape");
  await settled(page);
  expect(await page.getByTestId("objects").innerText()).toMatch(/^\d+ shown of \d+ objects/);
  await goTo(page, "storefront", "Deployment");
  await page.getByText("Deployment storefront is left out by 1 filter").waitFor();
  const show = page.getByRole("button", { name: "Show it" });
  for (let step = 0; step < 40 && !(await show.evaluate((button) => button === document.activeElement)); step += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await show.waitFor({ state: "detached" });
  await settled(page);
  expect(await page.getByTestId("objects").innerText()).toMatch(/^\d+ objects/);
  await expect.poll(() => page.getByTestId("announced").innerText()).toContain("Deployment storefront in shop");
  expect(await page.evaluate((map) => document.activeElement?.matches(map), MAP)).toBe(true);
});
