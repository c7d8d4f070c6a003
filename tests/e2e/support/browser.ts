/** Chromium against a running `kubilitics-cli serve`; `KUBILITICS_URL` is the address it printed, which opens pages. */

import { type Browser, type BrowserContext, type Page, chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--no-first-run"];

export function address(): string {
  const url = process.env.KUBILITICS_URL;
  if (!url) throw new Error("KUBILITICS_URL is not set: start `kubilitics-cli serve --demo` and pass the address that it prints");
  return url;
}

export interface Look {
  colorScheme?: "light" | "dark";
  reducedMotion?: "reduce" | "no-preference";
  viewport?: { width: number; height: number };
  /** A touch screen. */
  hasTouch?: boolean;
  /** Another server than that of all tests. */
  url?: string;
  /** Behind the printed address. */
  path?: string;
}

/** A browser for the tests of one file; pages close after each test, and what a page logged as an error fails it. */
export function useBrowser(): { open: (look?: Look) => Promise<Page> } {
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let errors: string[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
  });
  afterAll(async () => browser.close());
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    const seen = errors;
    contexts = [];
    errors = [];
    expect(seen, "errors in the page's console").toEqual([]);
  });
  return {
    async open({ path = "", url = address(), ...look } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", acceptDownloads: true, ...look });
      contexts.push(context);
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        // A question that crosses a new picture is asked again of that one; the browser logs the answer all the same.
        if (message.type() === "error" && !message.text().includes("410 (Gone)")) errors.push(message.text());
      });
      await page.goto(`${url}${path}`);
      return page;
    },
  };
}
