import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { find, goTo, openMap, picture } from "../support/map";

const { open } = useBrowser();
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious and critical findings, as "rule: where". */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } };
    return await loaded.run();
  });
  return results.violations
    .filter((violation) => violation.impact === "serious" || violation.impact === "critical")
    .flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`));
}

describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
  test("the map with its inspector", async () => {
    const page = await open({ colorScheme });
    await openMap(page);
    expect(await findings(page)).toEqual([]);
    const target = find(await picture(page), (card) => card.health === "degraded" || card.health === "failing");
    await goTo(page, target.card.fullName ?? target.card.name, target.card.key.split("/")[1] ?? "");
    for (const tab of [/^Overview/, /^Relations/, /^Reach/, /^YAML/]) {
      await page.getByRole("tab", { name: tab }).click();
      expect(await findings(page), String(tab)).toEqual([]);
    }
  });

  test("what lies over the map", async () => {
    const page = await open({ colorScheme });
    await openMap(page);
    await page.getByRole("button", { name: "Legend" }).click();
    expect(await findings(page), "legend").toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    expect(await findings(page), "keys").toEqual([]);
    await page.keyboard.press("Escape");
    await page.locator("header button[aria-haspopup=true]").click();
    expect(await findings(page), "switcher").toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText("checkout");
    await page.getByRole("option").first().waitFor();
    expect(await findings(page), "search").toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.insertText("no-such-thing-anywhere");
    await page.getByText(/^Nothing/).waitFor();
    expect(await findings(page), "search without result").toEqual([]);
  });

  test("what else can be selected", async () => {
    const page = await open({ colorScheme });
    await openMap(page);
    const drawn = await picture(page);
    await goTo(page, "checkout", "Deployment");
    await page.getByRole("button", { name: "Why is checkout-keys related?" }).first().click();
    await page.getByText(/^Rule /).first().waitFor();
    expect(await findings(page), "relation").toEqual([]);
    await goTo(page, "checkout", "Deployment");
    await page.getByRole("button", { name: "Focus" }).click();
    await page.getByRole("group", { name: "Focus", exact: true }).waitFor();
    expect(await findings(page), "focus").toEqual([]);
    await page.getByRole("button", { name: "Whole map" }).click();
    await page.getByRole("tab", { name: "Reach" }).click();
    await page.getByRole("combobox", { name: "Path to…" }).fill("cart");
    await page.getByRole("option").filter({ hasText: "Service" }).first().click();
    await page.getByRole("group", { name: "Path" }).getByRole("listitem").first().waitFor();
    expect(await findings(page), "path").toEqual([]);
    const tree = page.getByRole("tree");
    await tree.getByRole("treeitem", { level: 1 }).filter({ hasText: "payments" }).click();
    await page.getByRole("heading", { name: "Objects by state" }).waitFor();
    expect(await findings(page), "namespace").toEqual([]);
    const missing = find(drawn, (card) => card.look === "missing");
    await goTo(page, missing.card.fullName ?? missing.card.name, missing.card.key.split("/")[1] ?? "");
    await page.getByRole("tab", { name: "Overview" }).click();
    await page.getByText(/is not in this cluster/).first().waitFor();
    expect(await findings(page), "missing object").toEqual([]);
    await page.getByRole("button", { name: /^Filter/ }).click();
    await page.getByRole("group", { name: /^Kinds/ }).getByRole("checkbox", { name: "CronJob", exact: true }).check();
    await page.getByRole("group", { name: /^State/ }).getByRole("checkbox", { name: "missing" }).check();
    await page.getByText("Nothing matches these filters").waitFor();
    expect(await findings(page), "nothing matches").toEqual([]);
    // The panel lies over the map's own words.
    await page.getByRole("button", { name: /^Filter/ }).click();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByText("Nothing matches these filters").waitFor({ state: "detached" });
  });

  test("the panels", async () => {
    const page = await open({ colorScheme });
    await openMap(page);
    await page.getByRole("button", { name: /^Filter/ }).click();
    expect(await findings(page), "filters").toEqual([]);
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByTestId("export").getByLabel("Format").waitFor();
    expect(await findings(page), "export").toEqual([]);
    await page.getByRole("button", { name: /kinds visible/ }).click();
    expect(await findings(page), "coverage").toEqual([]);
    await page.getByRole("button", { name: "Settings" }).click();
    expect(await findings(page), "settings").toEqual([]);
  });

  test("the start screen", async () => {
    const page = await open({ colorScheme });
    await openMap(page);
    await page.getByRole("link", { name: "Clusters" }).click();
    await page.getByRole("heading", { name: "Open a cluster" }).waitFor();
    expect(await findings(page)).toEqual([]);
  });
});
