import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { openMap } from "../support/map";
import { type Served, serve } from "../support/serve";

const { open } = useBrowser();
let served: Served | undefined;
afterEach(() => served?.close());

/** A database as a later version of the application leaves it. */
async function newer(path: string) {
  const writer = process.env.KUBILITICS_NEWER;
  if (!writer) throw new Error("KUBILITICS_NEWER is not set: the path of the example `newer` of the crate store");
  execFileSync(writer, [path]);
}

async function damaged(path: string) {
  await writeFile(path, "this is a letter, not a database, and it is long enough to be looked at\n".repeat(100));
}

test.each([
  ["damaged", damaged, /is damaged/],
  ["newer", newer, /was written by a later version of Kubilitics \(step 9999\)/],
])("a database that is %s is named, left alone until the person says so, and then moved aside", async (_, write, said) => {
  const folder = await mkdtemp(join(tmpdir(), "kubilitics-e2e-"));
  const path = join(folder, "kubilitics.db");
  await write(path);
  const before = await readFile(path);
  served = await serve("--demo", "--database", path);
  const page = await open({ url: served.url });
  // Commands that would remember something are refused meanwhile.
  page.removeAllListeners("console");
  await openMap(page);
  const notice = page.getByRole("status").filter({ hasText: "Nothing is remembered until this is settled" });
  await notice.waitFor();
  expect(await notice.innerText()).toContain(path);
  expect(await notice.innerText()).toMatch(said);
  expect((await readdir(folder)).filter((name) => !/-(wal|shm)$/.test(name))).toEqual(["kubilitics.db"]);
  expect((await readFile(path)).equals(before)).toBe(true);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByText(`nothing, until ${path} can be used`).waitFor();
  await page.keyboard.press("Escape");

  // Put away, it is said in the settings only.
  await notice.getByRole("button", { name: "Not now" }).click();
  await notice.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Settings" }).click();
  await notice.getByRole("button", { name: "Move it aside and begin another" }).click();
  await notice.waitFor({ state: "detached" });
  expect((await readFile(`${path}.aside-1`)).equals(before)).toBe(true);
  await page.keyboard.press("Escape");
  const traffic = page.getByRole("radio", { name: "Traffic", exact: true });
  const kept = page.waitForResponse((response) => response.url().endsWith("/preference_set"));
  await traffic.click();
  expect((await kept).ok()).toBe(true);
  await page.reload();
  await expect.poll(() => traffic.getAttribute("aria-checked")).toBe("true");
});
