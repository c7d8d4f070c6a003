/** From the start of the process to the demo's map painted with every card, in the real window. */

import { readFile, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { quantile, tell } from "../support/figures";
import { Window, until } from "../support/webdriver";
import { home } from "./home";
import { type Painted, painted } from "./page";

const RUNS = 5;
/** Clock ticks a second: what `getconf CLK_TCK` says on every Linux. */
const TICKS = 100;
/** Nothing is painted any more for so long: the map is whole. */
const REST_MILLIS = 2000;

test("from start to the whole map", async () => {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const window = await Window.open(await home(), ["--demo"]);
    try {
      await window.element("[data-testid=map][data-painted]");
      await until(async () => (await window.text("[data-testid=freshness]")).startsWith("live"), "the demo does not become live");
      await new Promise((resolve) => setTimeout(resolve, REST_MILLIS));
      const result = await window.run<Painted | null>(`return (${painted})()`);
      expect(result, "the map is painted").not.toBeNull();
      times.push(((result?.at ?? Number.NaN) - (await started())) / 1000);
      tell("start.cards", result?.cards ?? 0);
    } finally {
      await window.close();
    }
  }
  tell("start.painted", quantile(times, 0.5));
});

/** When the application's process began, milliseconds since the epoch, to the kernel's tick of ten milliseconds. */
async function started(): Promise<number> {
  const application = process.env.KUBILITICS_APP;
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const program = await readlink(join("/proc", entry, "exe")).catch(() => "");
    if (program !== application) continue;
    const stat = await readFile(join("/proc", entry, "stat"), "utf8");
    const [uptime = "0"] = (await readFile("/proc/uptime", "utf8")).split(" ");
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    return Date.now() - (Number(uptime) - ticks / TICKS) * 1000;
  }
  throw new Error(`${application} does not run`);
}
