/** Controls of the inspector, and of the map beneath it, that the other files do not come by. */

import { beforeEach, expect, test } from "vitest";
import type { Page } from "playwright-core";

import { useBrowser } from "../support/browser";
import { INSPECTOR, MAP, camera, find, goTo, onCard, onPage, openMap, picture, settled } from "../support/map";

const { open } = useBrowser();
let page: Page;

beforeEach(async () => {
  page = await open();
  await openMap(page);
});

const inspector = () => page.locator(INSPECTOR);
const title = () => inspector().locator("h2").innerText();
const show = () => inspector().getByRole("button", { name: "Show", exact: true });

/** Goes away and back: what is shown stands where it stood. */
async function comesBackByShow() {
  await settled(page);
  await show().click();
  await settled(page);
  const before = await camera(page);
  await page.getByRole("button", { name: "Fit" }).click();
  await settled(page);
  expect((await camera(page)).scale).not.toBeCloseTo(before.scale, 3);
  await show().click();
  await settled(page);
  const after = await camera(page);
  expect(after.scale).toBeCloseTo(before.scale, 3);
  expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(2);
}

test("of several ways between two objects each is walked in turn, and Show brings one back", async () => {
  await goTo(page, "checkout", "Deployment");
  await page.getByRole("tab", { name: "Reach" }).click();
  await page.getByRole("combobox", { name: "Path to…" }).fill("checkout");
  await page.getByRole("option").filter({ hasText: "Service ·" }).first().click();
  const way = page.getByRole("button", { name: /^Way \d+ of \d+: next$/ });
  const hops = async () => (await page.getByRole("group", { name: "Path" }).getByRole("listitem").allInnerTexts()).join(" ");
  const [, total] = /of (\d+)/.exec(await way.innerText()) ?? [];
  const seen = new Set<string>();
  for (let at = 1; at <= Number(total); at += 1) {
    await expect.poll(() => way.innerText()).toBe(`Way ${at} of ${total}: next`);
    const now = await hops();
    expect(seen.has(now)).toBe(false);
    expect(now).toMatch(/^checkout[^]*Deployment · shop[^]*checkout[^]*Service · shop$/);
    seen.add(now);
    await way.click();
  }
  expect(seen.size).toBeGreaterThan(2);
  await expect.poll(hops).toBe([...seen][0]);
  await comesBackByShow();
});

test("a namespace leads to what is wrong inside, and Show fills the screen with it", async () => {
  await page.getByRole("tree").getByRole("treeitem", { level: 1 }).filter({ hasText: "payments" }).click();
  await expect.poll(title).toBe("payments");
  await comesBackByShow();
  const wrong = inspector().getByRole("heading", { name: "What is wrong inside" }).locator("xpath=..").getByRole("button");
  const name = (await wrong.first().innerText()).split("\n")[0] ?? "";
  await wrong.first().click();
  await expect.poll(title).toBe(name);
  expect((await camera(page)).scale).toBeGreaterThanOrEqual(0.79);
});

test("a list that is cut leads to the whole of it", async () => {
  await goTo(page, "node-a", "Node");
  const more = inspector().getByRole("button", { name: /^[\d,]+ more$/ }).first();
  await more.click();
  await expect.poll(() => page.getByRole("tab", { name: /^Relations/ }).getAttribute("aria-selected")).toBe("true");
  expect(await inspector().getByRole("button", { name: /^[\d,]+ more$/ }).count()).toBe(0);
});

test("what a folded card holds can be looked at one by one", async () => {
  const fold = find(await picture(page), (card) => card.key === "apiextensions.k8s.io/CustomResourceDefinition//*");
  await goTo(page, "gateways.gateway.networking.k8s.io", "CustomResourceDefinition");
  await page.keyboard.press("Escape");
  await settled(page);
  const at = await onPage(page, onCard(fold));
  await page.mouse.click(at.x, at.y);
  await inspector().getByText("folded into one card").waitFor();
  await comesBackByShow();
  await inspector().getByRole("button").filter({ hasText: "gateways.gateway" }).first().click();
  await expect.poll(title).toBe("gateways.gateway.networking.k8s.io");
});

test("a double click fills the screen with a namespace, and on nothing fits all again", async () => {
  const fitted = await camera(page);
  const frame = (await picture(page)).frames.find((each) => each.id === "ns:payments");
  if (!frame) throw new Error("the demo has no namespace payments");
  const head = await onPage(page, { x: frame.box.x + 22, y: frame.box.y + 24 });
  await page.mouse.dblclick(head.x, head.y);
  await settled(page);
  const map = await page.locator(MAP).boundingBox();
  if (!map) throw new Error("the map is not on screen");
  const { scale } = await camera(page);
  const filled = Math.max((frame.box.width * scale) / map.width, (frame.box.height * scale) / map.height);
  expect(filled).toBeGreaterThan(0.8);
  expect(filled).toBeLessThanOrEqual(1);
  await page.keyboard.press("Escape");
  await settled(page);
  const beside = await onPage(page, { x: frame.box.x - 6, y: frame.box.y - 6 });
  await page.mouse.dblclick(beside.x, beside.y);
  await settled(page);
  expect((await camera(page)).scale).toBeCloseTo(fitted.scale, 4);
});

test("keys: the first and the last, one back, there by Enter, fitted by 0, nearer and farther from anywhere", async () => {
  await page.keyboard.press("Home");
  const first = await title();
  await page.keyboard.press("j");
  await expect.poll(title).not.toBe(first);
  await page.keyboard.press("k");
  await expect.poll(title).toBe(first);
  await page.keyboard.press("End");
  await expect.poll(title).not.toBe(first);
  const last = await title();
  await page.keyboard.press("0");
  await settled(page);
  const fitted = await camera(page);
  await page.keyboard.press("Enter");
  await settled(page);
  expect((await camera(page)).scale).toBeGreaterThanOrEqual(0.79);
  expect(await title()).toBe(last);
  await page.getByRole("tree").focus();
  const near = await camera(page);
  await page.keyboard.press("Control+-");
  await settled(page);
  expect((await camera(page)).scale).toBeLessThan(near.scale);
  await page.keyboard.press("Control+0");
  await settled(page);
  expect((await camera(page)).scale).toBeCloseTo(fitted.scale, 4);
  await page.keyboard.press("Control+=");
  await settled(page);
  expect((await camera(page)).scale).toBeGreaterThan(fitted.scale);
});
