/** The keyboard alone: Tab follows the eye, focus goes into what opens and comes back, panels take the size they are given. */

import { beforeEach, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";

import { useBrowser } from "../support/browser";
import { INSPECTOR, MAP, openMap } from "../support/map";

const { open } = useBrowser();
let page: Page;

beforeEach(async () => {
  page = await open();
  await openMap(page);
  await page.keyboard.press("Escape");
});

/** Which part of the window has the keyboard. */
async function part(): Promise<string> {
  return page.evaluate((map) => {
    const at = document.activeElement;
    if (at?.closest("header")) return "header";
    if (at?.closest("nav[aria-label=Sections]")) return "rail";
    if (at?.closest("nav[aria-label=Outline]") || at?.getAttribute("aria-label") === "Width: Outline") return "outline";
    if (at?.closest(map)) return "map";
    if (at?.closest("[data-testid=inspector]") || at?.getAttribute("aria-label") === "Width: Inspector") return "panel";
    if (at?.closest("footer")) return "footer";
    if (at?.closest("main")) return "controls";
    return "";
  }, MAP);
}

test("Tab goes through header, rail, outline, map and panel, in the order of the eye", async () => {
  await page.keyboard.press("j");
  await page.locator(INSPECTOR).waitFor();
  await page.evaluate(() => document.querySelector<HTMLElement>("header button")?.focus());
  const parts: string[] = [];
  for (let step = 0; step < 60 && parts.at(-1) !== "panel"; step += 1) {
    const at = await part();
    if (parts.at(-1) !== at) parts.push(at);
    await page.keyboard.press("Tab");
  }
  expect(parts.filter((each) => each !== "controls")).toEqual(["header", "rail", "outline", "map", "panel"]);
});

test("back from the search, the keyboard is in the header and not on the map", async () => {
  await page.keyboard.press("/");
  await page.keyboard.press("Shift+Tab");
  expect(await part()).toBe("header");
});

test("Escape empties the search", async () => {
  await page.keyboard.press("/");
  await page.keyboard.insertText("storefront");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("combobox", { name: "Find anything" }).inputValue()).toBe("");
});

describe("focus goes into what opens, and back when it closes", () => {
  test("of the map: Enter leads into the inspector, Escape back", async () => {
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect.poll(part).toBe("panel");
    await page.keyboard.press("Escape");
    await page.locator(INSPECTOR).waitFor({ state: "detached" });
    await expect.poll(part).toBe("map");
  });

  test("of the outline, where Enter does the same", async () => {
    await page.getByRole("tree").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect.poll(part).toBe("panel");
    await page.keyboard.press("Escape");
    await expect.poll(part).toBe("outline");
  });

  test.each([
    ["Export", "Export"],
    [/^Filter/, "Filters"],
  ] as const)("of a button of the header: %s", async (name, panel) => {
    const opener = page.getByRole("button", { name, exact: typeof name === "string" });
    // As a person does: the keyboard comes to the button by Tab.
    await page.keyboard.press("/");
    for (let step = 0; step < 20 && !(await opener.evaluate((button) => button === document.activeElement)); step += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(panel);
    await page.keyboard.press("Escape");
    await expect.poll(() => opener.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});

test("a panel is made wider by arrows, folded by Enter, and is so after a reload", async () => {
  const outline = page.getByRole("navigation", { name: "Outline" });
  const width = async () => (await outline.boundingBox())?.width ?? 0;
  const divider = page.getByRole("separator", { name: "Width: Outline" });
  const before = await width();
  await divider.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(width).toBe(before + 24);
  await page.reload();
  await page.waitForSelector(`${MAP}[data-painted]`);
  await expect.poll(width).toBe(before + 24);
  await divider.focus();
  await page.keyboard.press("Enter");
  // The keyboard goes on from what does the opposite, and not from nowhere.
  const labelled = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  await expect.poll(labelled).toBe("Unfold: Outline");
  await page.keyboard.press("Enter");
  await expect.poll(width).toBe(before + 24);
  expect(await labelled()).toBe("Width: Outline");
  await divider.dblclick();
  await expect.poll(width).toBe(before);
});

test("Escape closes what is wrong, and the problems stay", async () => {
  const button = page.getByRole("button", { name: "Problems only" });
  await button.click();
  const reasons = page.getByRole("heading", { name: "What is wrong" });
  await reasons.waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => reasons.count()).toBe(0);
  expect(await button.getAttribute("aria-pressed")).toBe("true");
  await button.click();
  await button.click();
  await reasons.waitFor();
});

test("what is selected on the map is announced, with its kind and how it is", async () => {
  await page.keyboard.press("j");
  await expect.poll(() => page.getByTestId("announced").innerText()).toMatch(/^\w+ \S+.*, (ready|failing|degraded|missing|pending|neutral|completed|unknown)/);
});

test("a row's name is not cut while its kind has room", async () => {
  await page.getByRole("tree").focus();
  await page.keyboard.type("pay");
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
  }
  // Parts of a row that are cut, by their order: a name's beginning comes before the kind.
  const rows = await page.getByRole("treeitem").evaluateAll((items) =>
    items.flatMap((row) => {
      const [title, kind] = ["_title_", "_kind_"].map((part) => row.querySelector(`[class*="${part}"]`));
      const beginning = title?.firstElementChild;
      if (!beginning || !kind) return [];
      // By parts of a pixel: so little costs a letter, and whole numbers do not tell it.
      const text = document.createRange();
      text.selectNodeContents(beginning);
      return [{ row: row.textContent, cut: text.getBoundingClientRect().width > beginning.getBoundingClientRect().width, kind: kind.getBoundingClientRect().width }];
    }),
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ cut, kind }) => cut && kind > 16)).toEqual([]);
});

test("no two rows of the outline read the same", async () => {
  await page.getByRole("tree").focus();
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
  }
  const rows = await page.getByRole("treeitem").evaluateAll((items) => items.map((item) => `${item.getAttribute("aria-level")} ${item.textContent}`));
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter((row, at) => rows.indexOf(row) !== at)).toEqual([]);
});
