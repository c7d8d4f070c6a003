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

test("a damaged database is named, left alone until the person says so, and then moved aside", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kubilitics-e2e-"));
  const path = join(folder, "kubilitics.db");
  const damaged = "this is a letter, not a database, and it is long enough to be looked at\n".repeat(100);
  await writeFile(path, damaged);
  served = await serve("--demo", "--database", path);
  const page = await open({ url: served.url });
  // Commands that would remember something are refused meanwhile.
  page.removeAllListeners("console");
  await openMap(page);
  const notice = page.getByRole("status").filter({ hasText: "Nothing is remembered until this is settled" });
  await notice.waitFor();
  expect(await notice.innerText()).toContain(path);
  expect(await notice.innerText()).toMatch(/damaged/);
  expect(await readdir(folder)).toEqual(["kubilitics.db"]);
  expect(await readFile(path, "utf8")).toBe(damaged);

  await notice.getByRole("button", { name: "Move it aside and begin another" }).click();
  await notice.waitFor({ state: "detached" });
  expect(await readFile(`${path}.aside-1`, "utf8")).toBe(damaged);
  const traffic = page.getByRole("radio", { name: "Traffic", exact: true });
  const kept = page.waitForResponse((response) => response.url().endsWith("/preference_set"));
  await traffic.click();
  expect((await kept).ok()).toBe(true);
  await page.reload();
  await expect.poll(() => traffic.getAttribute("aria-checked")).toBe("true");
});
