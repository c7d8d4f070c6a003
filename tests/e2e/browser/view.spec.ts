import { beforeEach, expect, test } from "vitest";
import type { Page } from "playwright-core";

import { useBrowser } from "../support/browser";
import { INSPECTOR, MAP, camera, find, goTo, onCard, onPage, openMap, picture, settled } from "../support/map";
import { EMPTY_VIEW } from "../../../ui/src/features/topology/view";

const { open } = useBrowser();
let page: Page;

beforeEach(async () => {
  page = await open();
  await openMap(page);
});

/** How many objects the outline counts: what the picture on screen holds. */
async function outlined(): Promise<number> {
  const text = await page.getByRole("navigation", { name: "Outline" }).locator("h2 + span").innerText();
  return Number(text.replaceAll(",", ""));
}

test("search finds and jumps", async () => {
  const target = find(await picture(page), (card) => card.look === "object" && card.key.startsWith("apps/StatefulSet/"));
  const name = target.card.fullName ?? target.card.name;
  await page.keyboard.press("/");
  await page.keyboard.type(name);
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  expect(await page.getByRole("option").count()).toBe(0);
  await goTo(page, name, "StatefulSet");
  expect((await camera(page)).scale).toBeGreaterThanOrEqual(0.79);
  const at = await onPage(page, onCard(target));
  const box = await page.locator(MAP).boundingBox();
  expect(at.x).toBeGreaterThan(box?.x ?? 0);
  expect(at.x).toBeLessThan((box?.x ?? 0) + (box?.width ?? 0));
  expect(await page.locator(`${INSPECTOR} h2`).innerText()).toBe(name);
});

test("problems only, by button and by Ctrl-Z", async () => {
  const all = await outlined();
  const button = page.getByRole("button", { name: "Problems only" });
  await button.click();
  await expect.poll(outlined).toBeLessThan(all);
  await page.locator(MAP).focus();
  await page.keyboard.press("Control+z");
  await expect.poll(() => button.getAttribute("aria-pressed")).toBe("false");
  await expect.poll(outlined).toBeGreaterThanOrEqual(all - 5);
});

test("a namespace filter shows that namespace", async () => {
  await page.getByRole("button", { name: /^Filter/ }).click();
  await page.getByRole("group", { name: /^Namespaces/ }).getByRole("checkbox", { name: "payments" }).check();
  const tree = page.getByRole("tree");
  await expect.poll(() => tree.getByRole("treeitem", { level: 1 }).first().innerText()).toContain("payments");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await expect.poll(() => tree.getByRole("treeitem", { level: 1 }).allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining("shop")]));
});

test("kind and state filters narrow, and an empty result says so", async () => {
  const all = await outlined();
  await page.getByRole("button", { name: /^Filter/ }).click();
  await page.getByRole("group", { name: /^Kinds/ }).getByRole("checkbox", { name: "CronJob", exact: true }).check();
  await expect.poll(outlined).toBeLessThan(all);
  await page.getByRole("group", { name: /^State/ }).getByRole("checkbox", { name: "missing" }).check();
  await page.getByText("Nothing matches these filters").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect.poll(outlined).toBeGreaterThanOrEqual(all - 5);
});

test("each lens draws a picture of its own", async () => {
  for (const lens of ["Traffic", "Config", "Storage", "Identity", "Policy", "Placement", "GitOps", "All"]) {
    const radio = page.getByRole("radio", { name: lens, exact: true });
    await radio.click();
    await expect.poll(() => radio.getAttribute("aria-checked")).toBe("true");
    await settled(page);
  }
});

test("focus shows the surroundings, deeper on request, and Escape ends it", async () => {
  const all = await outlined();
  const target = find(await picture(page), (card) => card.look === "object" && card.key.startsWith("apps/Deployment/"));
  await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
  await page.getByRole("button", { name: "Focus" }).click();
  await expect.poll(outlined).toBeLessThan(all);
  const near = await outlined();
  await page.getByRole("button", { name: "One step more" }).click();
  await expect.poll(outlined).toBeGreaterThan(near);
  await page.getByRole("button", { name: "Whole map" }).click();
  await expect.poll(outlined).toBeGreaterThanOrEqual(all - 5);
});

test("what is jumped to stands in the middle of what the inspector leaves", async () => {
  const target = find(await picture(page), (card) => card.key === "apps/Deployment/shop/checkout");
  await goTo(page, target.card.name, "Deployment");
  const box = await page.locator(MAP).boundingBox();
  const at = await onPage(page, onCard(target));
  expect(Math.abs(at.x - ((box?.x ?? 0) + (box?.width ?? 0) / 2))).toBeLessThan(12);
});

test.each([
  ["stood in sight", 0.5],
  ["stood half beyond the edge", -0.35],
])("a card that %s when it was pressed is not covered by the inspector that opens", async (_, inside) => {
  const target = find(await picture(page), (card) => card.key === "apps/Deployment/shop/checkout");
  await goTo(page, target.card.name, "Deployment");
  await page.keyboard.press("Escape");
  await page.locator(INSPECTOR).waitFor({ state: "detached" });
  await settled(page);
  const edges = async () => {
    const [room, left] = [await page.locator(MAP).boundingBox(), await onPage(page, { x: target.block.box.x + target.card.box.x, y: 0 })];
    if (!room) throw new Error("the map is not on the page");
    return { left: left.x, right: left.x + target.card.box.width * (await camera(page)).scale, from: room.x, to: room.x + room.width };
  };
  // To the right edge of the map: so much of the card's width is left inside, or hangs over.
  const before = await edges();
  const wanted = before.to - (before.right - before.left) * inside;
  await page.mouse.move(300, 600);
  await page.mouse.down();
  await page.mouse.move(300 + wanted - before.right, 600, { steps: 6 });
  await page.mouse.up();
  await settled(page);
  const at = await edges();
  expect(at.right > at.to).toBe(inside < 0);
  const { y } = await onPage(page, onCard(target));
  await page.mouse.click(at.left + 20, y);
  await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).toBe("checkout");
  await settled(page);
  const after = await edges();
  expect(after.to).toBeLessThan(at.to);
  expect(after.left).toBeGreaterThanOrEqual(after.from);
  expect(after.right).toBeLessThanOrEqual(after.to);
});

test("another view is shown as a whole, and ending the focus leads back to where it began", async () => {
  const target = find(await picture(page), (card) => card.key === "apps/Deployment/shop/checkout");
  await goTo(page, target.card.name, "Deployment");
  const before = await camera(page);
  await page.getByRole("button", { name: "Focus" }).click();
  const bar = page.getByRole("group", { name: "Focus", exact: true });
  await bar.waitFor();
  await settled(page);
  const { bounds } = await picture(page, { ...EMPTY_VIEW, focus: target.card.key, depth: 1 });
  const [first, last] = [await onPage(page, bounds), await onPage(page, { x: bounds.x + bounds.width, y: bounds.y + bounds.height })];
  const [room, above] = [await page.locator(MAP).boundingBox(), await bar.boundingBox()];
  if (!room || !above) throw new Error("the map or its bar is not on the page");
  expect(first.x).toBeGreaterThanOrEqual(room.x);
  expect(first.y).toBeGreaterThanOrEqual(above.y + above.height);
  expect(last.x).toBeLessThanOrEqual(room.x + room.width);
  expect(last.y).toBeLessThanOrEqual(room.y + room.height);
  // A second, smaller picture of all that is on screen would only cover a corner.
  expect(await page.getByTestId("minimap").isVisible()).toBe(false);
  await page.getByRole("button", { name: "Whole map" }).click();
  await bar.waitFor({ state: "detached" });
  await settled(page);
  expect(await camera(page)).toEqual(before);
  expect(await page.getByTestId("minimap").isVisible()).toBe(true);
});

test("a card expands and folds", async () => {
  const target = find(await picture(page), (card) => card.pods.length > 0 && card.key.startsWith("apps/Deployment/"));
  await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
  await page.getByRole("button", { name: "Expand" }).click();
  await page.getByRole("button", { name: "Fold" }).waitFor();
  // Folded, a ReplicaSet has no row of its own; unfolded it is a card beside its Deployment.
  const replicaSet = target.card.pods[0]?.key.split("/").at(-1)?.replace(/-[^-]+$/, "") ?? "";
  await goTo(page, replicaSet, "ReplicaSet");
  await expect.poll(() => page.getByRole("tree").locator("[aria-selected=true]").first().getAttribute("aria-level")).toBe("3");
  await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
  await page.getByRole("button", { name: "Fold" }).click();
  await page.getByRole("button", { name: "Expand" }).waitFor();
});

test("the outline is a tree for the keyboard", async () => {
  const tree = page.getByRole("tree");
  await tree.focus();
  await page.keyboard.press("Home");
  const active = async () => {
    const id = await tree.getAttribute("aria-activedescendant");
    return await page.evaluate((row) => (row ? (document.getElementById(row)?.textContent ?? "") : ""), id);
  };
  const first = await active();
  expect(first).not.toBe("");
  await page.keyboard.press("ArrowDown");
  await expect.poll(active).not.toBe(first);
  await page.keyboard.press("Enter");
  await page.locator(INSPECTOR).waitFor();
});

test("relations lead on, and each says why it is there", async () => {
  const target = find(await picture(page), (card) => card.look === "object" && card.key.startsWith("apps/Deployment/"));
  await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
  await page.getByRole("tab", { name: /^Relations/ }).click();
  await page.getByRole("button", { name: /^Why is .* related/ }).first().click();
  await expect.poll(() => page.locator(INSPECTOR).innerText()).toMatch(/Rule /);
});

test("reach lists what an object needs and what needs it, by distance", async () => {
  const target = find(await picture(page), (card) => card.pods.length > 0 && card.key.startsWith("apps/Deployment/"));
  await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
  await page.getByRole("tab", { name: "Reach" }).click();
  const list = page.getByRole("group", { name: "Objects by distance" });
  await expect.poll(() => list.innerText()).toMatch(/^Directly · \d/);
  expect(await list.innerText()).toContain("Namespace");
  await page.getByRole("button", { name: /^Needed by/ }).click();
  await expect.poll(() => list.innerText()).toContain("ReplicaSet");
  await list.getByRole("button").filter({ hasText: "ReplicaSet" }).first().click();
  await expect.poll(() => page.locator(`${INSPECTOR} p`).first().innerText()).toMatch(/^ReplicaSet/);
});

test("a path to another object is listed hop by hop and drawn", async () => {
  const service = find(await picture(page), (card) => card.key.startsWith("core/Service/shop/") && card.health === "ok");
  const name = service.card.fullName ?? service.card.name;
  await goTo(page, name, "Service");
  await page.keyboard.press("Escape");
  const deployment = find(await picture(page), (card) => card.key.startsWith(`apps/Deployment/shop/${name}`));
  await goTo(page, deployment.card.fullName ?? deployment.card.name, "Deployment");
  await page.getByRole("tab", { name: "Reach" }).click();
  await page.getByRole("combobox", { name: "Path to…" }).fill(name);
  await page.getByRole("option").filter({ hasText: "Service" }).filter({ hasText: name }).first().click();
  const path = page.getByRole("group", { name: "Path" });
  await expect.poll(() => path.getByRole("listitem").count()).toBeGreaterThan(1);
  const steps = await path.getByRole("listitem").allInnerTexts();
  expect(steps[0]).toContain("Deployment");
  expect(steps.at(-1)).toContain("Service");
  await settled(page);
  // The overlay draws it while it is shown, and no longer.
  const lit = () =>
    page.evaluate((selector) => {
      const canvas = document.querySelectorAll<HTMLCanvasElement>(`${selector} canvas`)[1];
      return (canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? []).some((value) => value !== 0);
    }, MAP);
  expect(await lit()).toBe(true);
  await path.locator("[data-state]").first().click();
  await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).toBe("Why is this here?");
  await page.keyboard.press("Escape");
  await page.mouse.move(5, 400);
  await expect.poll(lit).toBe(false);
});

test("a workload tells who reaches its pods", async () => {
  const service = find(await picture(page), (card) => card.key === "core/Service/shop/checkout");
  await goTo(page, service.card.name, "Deployment");
  const inspector = page.locator(INSPECTOR);
  await expect.poll(() => inspector.innerText()).toContain("Receives traffic from");
  expect(await inspector.innerText()).toContain("Governed by");
  await inspector.getByRole("button", { name: "Why is checkout related?" }).first().click();
  await expect.poll(() => inspector.innerText()).toMatch(/Rule /);
});

test("YAML is shown, read-only", async () => {
  const target = find(await picture(page), (card) => card.look === "object" && card.key.startsWith("apps/Deployment/"));
  await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
  await page.getByRole("tab", { name: "YAML" }).click();
  await expect.poll(() => page.getByRole("group", { name: "YAML" }).innerText()).toContain("kind: Deployment");
});

test("what is in the picture, kind by kind", async () => {
  await page.getByRole("button", { name: /kinds visible/ }).click();
  const panel = page.getByRole("region", { name: "What is in the picture" });
  await panel.waitFor();
  expect(await panel.getByRole("listitem").count()).toBeGreaterThan(3);
  await page.keyboard.press("Escape");
  await expect.poll(() => panel.count()).toBe(0);
});
