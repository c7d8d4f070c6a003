import { beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";

import { useBrowser } from "../support/browser";
import { INSPECTOR, MAP, camera, cards, find, goTo, onCard, onPage, openMap, picture, press, settled } from "../support/map";

const { open } = useBrowser();
let page: Page;

beforeEach(async () => {
  page = await open();
  await openMap(page);
});

test("the address no longer carries the secret, and a reload is let in", async () => {
  expect(page.url()).not.toContain("/open/");
  await page.reload();
  await page.waitForSelector(`${MAP}[data-painted]`);
  expect(await page.context().cookies()).toEqual([]);
});

test("which cluster, how fresh and how many objects are on screen", async () => {
  await expect.poll(() => page.getByTestId("freshness").innerText()).toMatch(/^live/);
  await expect.poll(() => page.getByTestId("objects").innerText()).toMatch(/^[\d,]+ objects · [\d,]+ relations$/);
});

test("the line below and the outline count the same objects, and say what they do not count", async () => {
  const line = page.getByTestId("objects");
  const outline = page.getByRole("navigation", { name: "Outline" });
  const counted = (await line.innerText()).split(" ")[0] ?? "";
  await expect.poll(() => outline.locator("h2 + span").innerText()).toBe(counted);
  const inFrames = (await picture(page)).frames.reduce((sum, frame) => sum + frame.counts.objects, 0);
  expect(inFrames).toBe(Number(counted.replaceAll(",", "")));
  expect(await line.getAttribute("title")).toMatch(/not counted: \d+ Events, \d+ Leases/);
  await page.getByRole("button", { name: /kinds visible/ }).click();
  const events = page.getByRole("region", { name: "What is in the picture" }).getByRole("listitem").filter({ hasText: /^Event/ });
  await expect.poll(() => events.innerText()).toContain("not drawn");
});

describe("moving", () => {
  test("buttons and keys zoom", async () => {
    const before = (await camera(page)).scale;
    await page.getByRole("button", { name: "Zoom in" }).click();
    await settled(page);
    const nearer = (await camera(page)).scale;
    expect(nearer).toBeGreaterThan(before);
    await page.locator(MAP).focus();
    await page.keyboard.press("-");
    await settled(page);
    expect((await camera(page)).scale).toBeLessThan(nearer);
    await page.keyboard.press("1");
    await settled(page);
    expect((await camera(page)).scale).toBe(1);
    await page.getByRole("button", { name: "Fit" }).click();
    await settled(page);
    expect((await camera(page)).scale).toBeCloseTo(before, 3);
  });

  test("wheel and pinch zoom to what is under the pointer", async () => {
    const target = onCard(find(await picture(page), () => true));
    const at = await onPage(page, target);
    const first = (await camera(page)).scale;
    const scale = async () => (await camera(page)).scale;
    await page.mouse.move(at.x, at.y);
    await page.mouse.wheel(0, -240);
    // The browser hands a turn of the wheel on when it likes.
    await expect.poll(scale).toBeGreaterThan(first);
    await settled(page);
    const after = await onPage(page, target);
    // A pointer stands on whole pixels: what lies a fraction beside it moves by that fraction.
    expect(Math.abs(after.x - at.x)).toBeLessThan(1.5);
    expect(Math.abs(after.y - at.y)).toBeLessThan(1.5);
    await page.keyboard.down("Control");
    const before = (await camera(page)).scale;
    await page.mouse.wheel(0, 40);
    await expect.poll(scale).toBeLessThan(before);
    await page.keyboard.up("Control");
  });

  test("dragging and shift with arrows pan", async () => {
    const before = await camera(page);
    await page.mouse.move(700, 600);
    await page.mouse.down();
    await page.mouse.move(640, 560, { steps: 4 });
    await page.mouse.up();
    await settled(page);
    const dragged = await camera(page);
    expect(dragged.x).toBeCloseTo(before.x + 60 / before.scale, 0);
    expect(dragged.y).toBeCloseTo(before.y + 40 / before.scale, 0);
    await page.locator(MAP).focus();
    await page.keyboard.press("Shift+ArrowLeft");
    await settled(page);
    expect((await camera(page)).x).toBeLessThan(dragged.x);
  });

  test("the mini-map goes where it is pressed", async () => {
    await page.getByRole("button", { name: "Zoom in" }).click();
    await page.getByRole("button", { name: "Zoom in" }).click();
    await settled(page);
    const before = await camera(page);
    await page.getByTestId("minimap").click({ position: { x: 20, y: 20 } });
    await settled(page);
    const after = await camera(page);
    expect(after.scale).toBe(before.scale);
    expect(after.x).toBeLessThan(before.x);
  });
});

describe("pointing", () => {
  test("a card is selected, and Escape closes only the inspector", async () => {
    const target = find(await picture(page), (card) => card.look === "object" && card.key.startsWith("apps/Deployment/"));
    await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(INSPECTOR).count()).toBe(0);
    await settled(page);
    await press(page, onCard(target));
    await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).toBe(target.card.fullName ?? target.card.name);
    await page.getByRole("button", { name: "Legend" }).click();
    await page.keyboard.press("Escape");
    expect(await page.locator(INSPECTOR).count()).toBe(1);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.locator(INSPECTOR).count()).toBe(0);
  });

  test("pods, badges and lines can be hit", async () => {
    const drawn = await picture(page);
    const withPods = find(drawn, (card) => card.pods.length > 0);
    await goTo(page, withPods.card.fullName ?? withPods.card.name, withPods.card.key.split("/")[1] ?? "");
    const pod = withPods.card.pods[0];
    if (!pod) throw new Error("unreachable");
    await press(page, { x: withPods.block.box.x + pod.x + 6, y: withPods.block.box.y + pod.y + 6 });
    await expect.poll(() => page.locator(`${INSPECTOR} p`).first().innerText()).toMatch(/^Pod/);

    const badged = cards(drawn).find(({ card }) => card.badges.some((badge) => badge.key !== null));
    if (badged) {
      await goTo(page, badged.card.fullName ?? badged.card.name, badged.card.key.split("/")[1] ?? "");
      const badge = badged.card.badges.find((each) => each.key !== null);
      if (!badge) throw new Error("unreachable");
      await press(page, { x: badged.block.box.x + badge.box.x + badge.box.width / 2, y: badged.block.box.y + badge.box.y + badge.box.height / 2 });
      await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).toBe(badge.key?.split("/").at(-1));
    }

    const linked = [...drawn.blocks.values()].find((block) => block.links.length > 0);
    const link = linked?.links[0];
    const source = linked && link && cards(drawn).find(({ card }) => card.key === link.from.id);
    if (!linked || !link || !source) throw new Error("the picture has no line");
    await goTo(page, source.card.fullName ?? source.card.name, source.card.key.split("/")[1] ?? "");
    const [a, b] = link.points;
    if (!a || !b) throw new Error("the line has no points");
    await press(page, { x: linked.box.x + (a.x + b.x) / 2, y: linked.box.y + (a.y + b.y) / 2 });
    await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).toBe("Why is this here?");
    await expect.poll(() => page.locator(INSPECTOR).innerText()).toMatch(/Rule /);
  });

  test("a namespace tells what is wrong inside", async () => {
    const frame = (await picture(page)).frames.find((each) => each.counts.failing > 0);
    if (!frame) throw new Error("the demo has nothing that fails");
    await press(page, { x: frame.box.x + 22, y: frame.box.y + 24 });
    await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).toBe(frame.title);
    expect(await page.locator(INSPECTOR).innerText()).toContain("What is wrong inside");
  });

  test("hovering lights up neighbours", async () => {
    const target = find(await picture(page), (card) => card.look === "object" && card.key.startsWith("apps/Deployment/"));
    const lit = () =>
      page.evaluate((selector) => {
        const canvas = document.querySelectorAll<HTMLCanvasElement>(`${selector} canvas`)[1];
        const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        return data.some((value) => value !== 0);
      }, MAP);
    await goTo(page, target.card.fullName ?? target.card.name, "Deployment");
    await page.keyboard.press("Escape");
    await page.mouse.move(5, 400);
    await settled(page);
    await expect.poll(lit).toBe(false);
    const at = await onPage(page, onCard(target));
    await page.mouse.move(at.x, at.y);
    await expect.poll(lit).toBe(true);
  });
});

describe("keyboard", () => {
  test("arrows go from card to card, Enter and y show one", async () => {
    await page.locator(MAP).focus();
    await page.keyboard.press("g");
    await page.keyboard.press("g");
    const first = await page.locator(`${INSPECTOR} h2`).innerText();
    await page.keyboard.press("j");
    await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).not.toBe(first);
    await page.keyboard.press("y");
    await expect.poll(() => page.getByRole("tab", { name: "YAML" }).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("[");
    await expect.poll(() => page.locator(`${INSPECTOR} h2`).innerText()).toBe(first);
  });

  test("? lists the keys, Ctrl-comma opens the settings", async () => {
    await page.keyboard.press("?");
    expect(await page.getByRole("region", { name: "Keys" }).count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+,");
    await page.getByRole("radio", { name: "Dark" }).check();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    await page.getByRole("radio", { name: "Light" }).check();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    // Kept over a reload, the system's look notwithstanding.
    await page.emulateMedia({ colorScheme: "dark" });
    await page.reload();
    await page.waitForSelector(`${MAP}[data-painted]`);
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    await page.keyboard.press("Control+,");
    await page.getByRole("radio", { name: "As the system" }).check();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
  });
});
