/** Panning a large map in the real window, WebKitGTK without a GPU. */

import { test } from "vitest";

import { Window, until } from "../support/webdriver";
import { FRAMES, STEP, tellFrames } from "./frames";
import { home } from "./home";
import { type Pan, pan } from "./page";

/** A frame a second is slow, not broken. */
const PATIENCE_MILLIS = 600_000;

test("panning a map of ten thousand nodes", async () => {
  const window = await Window.open(await home(), [`--demo=${process.env.KUBILITICS_OBJECTS}`]);
  try {
    await window.element("[data-testid=map][data-painted]");
    await until(async () => (await window.text("[data-testid=freshness]")).startsWith("live"), "the demo does not become live");
    await window.run(`window.measured = null; (${pan})(${FRAMES}, ${STEP}).then((result) => { window.measured = result; });`);
    await until(async () => (await window.run<Pan | null>("return window.measured")) !== null, "the pan does not end", PATIENCE_MILLIS);
    tellFrames("window", await window.run<Pan>("return window.measured"));
  } finally {
    await window.close();
  }
});
