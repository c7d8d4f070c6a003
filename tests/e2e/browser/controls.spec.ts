/** Controls around the map that no other test needs on its way. */

import { beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";

import { EMPTY_VIEW } from "../../../ui/src/features/topology/view";
import { useBrowser } from "../support/browser";
import { INSPECTOR, MAP, camera, cards, find, goTo, onCard, onPage, openMap, picture, settled } from "../support/map";

const { open } = useBrowser();
let page: Page;

beforeEach(async () => {
  page = await open({ hasTouch: true });
  await openMap(page);
});

const title = () => page.locator(`${INSPECTOR} h2`).innerText();
const scale = async () => (await camera(page)).scale;

/** The deployment that every test may touch: near, and selected. */
async function atCheckout() {
  await goTo(page, "checkout", "Deployment");
  await page.getByRole("tab", { name: "Overview" }).click();
}

describe("pinch", () => {
  test("two fingers on a touch screen zoom to what is between them, and select nothing", async () => {
    const target = onCard(find(await picture(page), (card) => card.key === "apps/Deployment/shop/checkout"));
    const at = await onPage(page, target);
    const before = await scale();
    const devtools = await page.context().newCDPSession(page);
    const fingers = (apart: number) => [-apart, apart].map((dx, id) => ({ x: Math.round(at.x) + dx, y: Math.round(at.y), id }));
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(40) });
    for (const apart of [50, 60, 70, 80]) await devtools.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(apart) });
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await settled(page);
    expect((await scale()) / before).toBeCloseTo(2, 1);
    const after = await onPage(page, target);
    expect(Math.hypot(after.x - at.x, after.y - at.y)).toBeLessThan(3);
    expect(await page.locator(INSPECTOR).count()).toBe(0);
  });

  test("a touchpad that tells its pinch as WebKit does zooms by its scale", async () => {
    const before = await scale();
    await page.evaluate((map) => {
      const host = document.querySelector(map);
      const box = host?.getBoundingClientRect();
      const say = (type: string, by: number) => {
        const event = new MouseEvent(type, { bubbles: true, cancelable: true, clientX: (box?.left ?? 0) + 300, clientY: (box?.top ?? 0) + 200 });
        Object.defineProperty(event, "scale", { value: by });
        host?.dispatchEvent(event);
        // Else the page itself would be magnified.
        if (!event.defaultPrevented) throw new Error(`${type} is left to the browser`);
      };
      say("gesturestart", 1);
      for (const by of [1.2, 1.5, 1.8]) say("gesturechange", by);
      say("gestureend", 1.8);
    }, MAP);
    await settled(page);
    expect((await scale()) / before).toBeCloseTo(1.8, 2);
  });
});

describe("the map's own controls", () => {
  test("zoom out, natural size and fit by their buttons", async () => {
    const fitted = await scale();
    await page.getByRole("button", { name: /^[\d.]+ %$/ }).click();
    await settled(page);
    expect(await scale()).toBe(1);
    await page.getByRole("button", { name: "Zoom out" }).click();
    await settled(page);
    expect(await scale()).toBeLessThan(1);
    await page.getByRole("button", { name: "Fit" }).click();
    await settled(page);
    expect(await scale()).toBeCloseTo(fitted, 4);
  });

  test("the legend says what marks and lines mean", async () => {
    await page.getByRole("button", { name: "Legend" }).click();
    const legend = page.getByRole("region", { name: "Legend" });
    for (const word of ["ready", "degraded", "routes traffic", "target does not exist"]) expect(await legend.innerText()).toContain(word);
    await page.getByRole("button", { name: "Legend" }).click();
    expect(await page.getByRole("button", { name: "Legend" }).getAttribute("aria-pressed")).toBe("false");
  });

  test("who has gone past the titles is told where", async () => {
    const where = page.getByText(/^shop › checkout$/);
    expect(await where.count()).toBe(0);
    await atCheckout();
    for (let step = 0; step < 3; step += 1) await page.getByRole("button", { name: "Zoom in" }).click();
    await where.waitFor();
    await page.getByRole("button", { name: "Fit" }).click();
    await where.waitFor({ state: "detached" });
  });

  test("a tip names what is too small to be read", async () => {
    // From afar an application is one block: near enough for cards, too far for all that they say.
    await atCheckout();
    await page.getByRole("button", { name: "Zoom out" }).click();
    await settled(page);
    const target = find(await picture(page), (card) => card.key === "core/Service/shop/checkout");
    const at = await onPage(page, onCard(target));
    await page.mouse.move(at.x, at.y);
    await page.getByText("Service checkout").waitFor();
  });

  test("a double click expands a card, and the same folds it again", async () => {
    const target = find(await picture(page), (card) => card.key === "apps/Deployment/shop/checkout");
    await atCheckout();
    const at = await onPage(page, onCard(target));
    await page.mouse.dblclick(at.x, at.y);
    await page.getByRole("button", { name: "Fold" }).waitFor();
    await page.locator(MAP).focus();
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Expand" }).waitFor();
  });
});

describe("the map's keys", () => {
  test("f focuses, u lists what uses it, Shift-J goes to the owner, G to the last", async () => {
    await atCheckout();
    await page.locator(MAP).focus();
    await page.keyboard.press("f");
    const bar = page.getByRole("group", { name: "Focus", exact: true });
    await bar.waitFor();
    await page.getByRole("button", { name: "One step more" }).click();
    await expect.poll(() => bar.innerText()).toContain("2 steps");
    await page.getByRole("button", { name: "One step less" }).click();
    await expect.poll(() => bar.innerText()).toContain("1 step");
    await page.locator(MAP).focus();
    await page.keyboard.press("f");
    await bar.waitFor({ state: "detached" });
    await page.keyboard.press("u");
    await expect.poll(() => page.getByRole("tab", { name: /^Relations/ }).getAttribute("aria-selected")).toBe("true");
    const pod = find(await picture(page), (card) => card.key === "apps/Deployment/shop/checkout").card.pods[0]?.key.split("/").at(-1) ?? "";
    await goTo(page, pod, "Pod");
    await page.locator(MAP).focus();
    await page.keyboard.press("Shift+J");
    await expect.poll(() => page.locator(`${INSPECTOR} p`).first().innerText()).toMatch(/^ReplicaSet/);
    await page.keyboard.press("G");
    await expect.poll(() => page.locator(`${INSPECTOR} p`).first().innerText()).not.toMatch(/^ReplicaSet/);
  });

  test("arrows go to the neighbour on that side", async () => {
    await atCheckout();
    await page.locator(MAP).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(title).not.toBe("checkout");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(title).toBe("checkout");
    await page.keyboard.press("Control+[");
    await expect.poll(title).not.toBe("checkout");
    await page.keyboard.press("Control+]");
    await expect.poll(title).toBe("checkout");
  });

  test("p shows problems only, w opens the filters, Ctrl-E the export", async () => {
    await page.locator(MAP).focus();
    await page.keyboard.press("p");
    const problems = page.getByRole("button", { name: "Problems only" });
    await expect.poll(() => problems.getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.press("p");
    await page.keyboard.press("w");
    await page.getByRole("region", { name: "Filters" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(MAP).focus();
    await page.keyboard.press("Control+e");
    await page.getByTestId("export").waitFor();
  });
});

describe("the bar", () => {
  test("the search is worked by the keyboard alone", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText("checkout");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("ArrowDown");
    const chosen = page.getByRole("option", { selected: true });
    const name = (await chosen.innerText()).split("\n")[0] ?? "";
    await page.keyboard.press("Enter");
    await expect.poll(title).toBe(name);
  });

  test("nothing found says so", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText("no-such-thing-anywhere");
    await page.getByText(/^Nothing/).waitFor();
  });

  test("lenses are one stop for the keyboard, arrows go between them", async () => {
    const all = page.getByRole("radio", { name: "All", exact: true });
    await all.focus();
    await page.keyboard.press("ArrowRight");
    const traffic = page.getByRole("radio", { name: "Traffic", exact: true });
    await expect.poll(() => traffic.getAttribute("aria-checked")).toBe("true");
    expect(await traffic.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => all.getAttribute("aria-checked")).toBe("true");
  });

  test("kinds are narrowed by typing, and everything can be drawn as cards", async () => {
    const folded = cards(await picture(page)).length;
    await page.getByRole("button", { name: /^Filter/ }).click();
    const kinds = page.getByRole("group", { name: /^Kinds/ });
    await kinds.getByRole("searchbox", { name: "Filter kinds" }).fill("stateful");
    expect(await kinds.getByRole("checkbox").count()).toBe(1);
    await page.getByRole("checkbox", { name: "Draw everything as cards" }).check();
    const outline = page.getByRole("tree");
    await expect.poll(() => outline.evaluate((tree) => tree.firstElementChild?.childElementCount ?? 0)).toBeGreaterThan(0);
    await settled(page);
    expect(cards(await picture(page, { ...EMPTY_VIEW, expandAll: true })).length).toBeGreaterThan(folded * 2);
    await page.getByRole("checkbox", { name: "Draw everything as cards" }).uncheck();
  });
});

describe("the outline", () => {
  test("arrows open and close, letters go to names, a twist opens by pointer", async () => {
    const tree = page.getByRole("tree");
    await tree.focus();
    await page.keyboard.press("Home");
    const first = tree.getByRole("treeitem", { level: 1 }).first();
    const wasOpen = (await first.getAttribute("aria-expanded")) === "true";
    await page.keyboard.press(wasOpen ? "ArrowLeft" : "ArrowRight");
    await expect.poll(() => first.getAttribute("aria-expanded")).toBe(String(!wasOpen));
    await first.locator("button").click();
    await expect.poll(() => first.getAttribute("aria-expanded")).toBe(String(wasOpen));
    await tree.focus();
    await page.keyboard.press("Home");
    await page.keyboard.type("pay");
    const active = async () => {
      const id = await tree.getAttribute("aria-activedescendant");
      return await page.evaluate((row) => (row ? (document.getElementById(row)?.textContent ?? "") : ""), id);
    };
    await expect.poll(active).toMatch(/^pay/);
  });

  test("namespaces stand by name, and what lies in none after them", async () => {
    const rows = await page.getByRole("tree").getByRole("treeitem", { level: 1 }).allInnerTexts();
    const names = rows.map((row) => row.trim().split(/\s/)[0]);
    const frames = (await picture(page)).frames;
    const expected = frames.filter(({ id }) => id.startsWith("ns:")).map(({ title }) => title).toSorted((a, b) => a.localeCompare(b));
    expect(names.slice(0, expected.length)).toEqual(expected.slice(0, names.length));
  });
});

describe("the inspector", () => {
  test("evidence leads to the object that gives it, and the tabs are worked by arrows", async () => {
    await atCheckout();
    const why = page.getByRole("region", { name: "Why it is not healthy" });
    expect(await why.innerText()).toContain("checkout-keys");
    const tab = page.getByRole("tab", { name: "Overview" });
    await tab.focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.getByRole("tab", { name: /^Relations/ }).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowLeft");
    await why.locator("button[title^='Pod ']").first().click();
    await expect.poll(() => page.locator(`${INSPECTOR} p`).first().innerText()).toMatch(/^Pod/);
  });

  test("Show brings back what was moved out of sight", async () => {
    await atCheckout();
    const before = await camera(page);
    await page.getByRole("button", { name: "Fit" }).click();
    await settled(page);
    await page.getByRole("button", { name: "Show" }).click();
    await settled(page);
    expect(await scale()).toBeCloseTo(before.scale, 3);
  });

  test("a relation names both its ends, and leads to them", async () => {
    await atCheckout();
    await page.getByRole("button", { name: "Why is checkout-keys related?" }).first().click();
    await expect.poll(title).toBe("Why is this here?");
    await page.locator(INSPECTOR).getByRole("button", { name: "Secret checkout-keys" }).first().click();
    await expect.poll(title).toBe("checkout-keys");
  });

  test("a namespace can be shown alone, and opened as an object", async () => {
    const frame = (await picture(page)).frames.find((each) => each.id === "ns:payments");
    if (!frame) throw new Error("the demo has no namespace payments");
    const { x, y } = await onPage(page, { x: frame.box.x + 22, y: frame.box.y + 24 });
    await page.mouse.click(x, y);
    await page.getByRole("button", { name: "Only this namespace" }).click();
    await expect.poll(() => page.getByRole("button", { name: /^Filter/ }).innerText()).toContain("1");
    await page.getByRole("button", { name: "Object" }).click();
    await expect.poll(() => page.locator(`${INSPECTOR} p`).first().innerText()).toMatch(/^Namespace/);
    await page.getByRole("button", { name: "Close the inspector" }).click();
    await expect.poll(() => page.locator(INSPECTOR).count()).toBe(0);
  });

  test("a card that stands for many says which, and draws them on request", async () => {
    const fold = find(await picture(page), (card) => card.key === "apiextensions.k8s.io/CustomResourceDefinition//*");
    await goTo(page, "gateways.gateway.networking.k8s.io", "CustomResourceDefinition");
    await page.getByRole("button", { name: "Close the inspector" }).click();
    await settled(page);
    const at = await onPage(page, onCard(fold));
    await page.mouse.click(at.x, at.y);
    await expect.poll(title).toBe(fold.card.fullName ?? fold.card.name);
    await page.locator(INSPECTOR).getByRole("button").filter({ hasText: "gateways.gateway" }).first().waitFor();
    await page.getByRole("button", { name: "Expand" }).click();
    await page.getByText("drawn one by one").waitFor();
    await settled(page);
    await goTo(page, "gateways.gateway.networking.k8s.io", "CustomResourceDefinition");
    await page.getByRole("tree").getByRole("treeitem", { selected: true }).filter({ hasText: "gateways.gateway" }).waitFor();
    await page.keyboard.press("[");
    await page.getByRole("button", { name: "Fold" }).click();
    await page.getByRole("button", { name: "Expand" }).waitFor();
  });

  test("YAML can be copied", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await atCheckout();
    await page.getByRole("tab", { name: "YAML" }).click();
    await page.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("kind: Deployment");
  });
});

describe("the line below", () => {
  test("it says what is seen: objects, kinds, Secrets by name, namespaces, account and version", async () => {
    const line = page.getByRole("contentinfo");
    await expect.poll(() => line.innerText()).toContain("Secrets by name only");
    const text = await line.innerText();
    expect(text).toMatch(/\d kinds visible/);
    expect(text).toMatch(/shop, [^]*kube-system/);
    expect(text).toContain("admin@shop-eu-1");
    await page.getByRole("button", { name: "Keys" }).click();
    await page.getByRole("region", { name: "Keys" }).waitFor();
  });
});
