/** From opening the page to the whole map painted, of a cluster that the core has already. */

import { expect, test } from "vitest";

import { address, useBrowser } from "../support/browser";
import { quantile, tell } from "../support/figures";
import { until } from "../support/webdriver";
import { type Painted, painted } from "./page";

const RUNS = 3;
/** Nothing is painted any more for so long: the map is whole. */
const REST_MILLIS = 3000;
const browser = useBrowser();

test("the map of a large cluster", async () => {
  const cluster = await synced();
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const page = await browser.open({ path: `#/cluster/${encodeURIComponent(cluster)}` });
    await page.waitForSelector("[data-testid=map][data-painted]");
    await page.waitForTimeout(REST_MILLIS);
    const result: Painted | null = await page.evaluate(painted);
    expect(result, "the map is painted").not.toBeNull();
    if (result === null) return;
    times.push((result.at - result.began) / 1000);
    tell("map.cards", result.cards);
    await page.close();
  }
  tell("map.painted", quantile(times, 0.5));
});

/** Asks the host until the only open cluster is live; its id. */
async function synced(): Promise<string> {
  const url = new URL(address());
  const secret = url.pathname.split("/").at(-1);
  const page = await fetch(`${url.origin}/pages`, { method: "POST", headers: { authorization: `Bearer ${secret}` } });
  const { token } = (await page.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const call = async <T>(command: string, request: unknown): Promise<T> => {
    const answer = await fetch(`${url.origin}/api/v1/${command}`, { method: "POST", headers, body: JSON.stringify(request) });
    return (await answer.json()) as T;
  };
  const [first] = await call<Array<{ cluster: string }>>("clusters_open", {});
  if (first === undefined) throw new Error("no cluster is open");
  const { cluster } = first;
  await until(async () => (await call<{ link: string }>("cluster_status", { cluster })).link === "live", "the cluster does not become live");
  return cluster;
}
