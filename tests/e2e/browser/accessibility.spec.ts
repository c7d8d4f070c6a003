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
