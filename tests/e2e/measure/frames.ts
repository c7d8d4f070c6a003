/** Frames of a pan as figures. */

import { expect } from "vitest";

import { quantile, tell } from "../support/figures";
import type { Pan } from "./page";

/** Seven seconds at 60 frames a second. */
export const FRAMES = 400;
/** Pixels a frame: a fast movement of two fingers. */
export const STEP = 24;

export function tellFrames(where: string, pan: Pan): void {
  // A map that stands still is fast.
  expect(pan.way, "the map was panned").toBeGreaterThan((FRAMES * STEP) / 2);
  tell(`frames.${where}.median`, quantile(pan.frames, 0.5) / 1000);
  tell(`frames.${where}.p95`, quantile(pan.frames, 0.95) / 1000);
  tell(`frames.${where}.whole`, pan.whole);
}
