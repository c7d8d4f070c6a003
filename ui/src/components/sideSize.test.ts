import { expect, test } from "vitest";

import { clampedWidth, recalledSize, widthAfter } from "./sideSize";

test("arrows move the divider the way they point, at both edges of the window", () => {
  expect(widthAfter("ArrowRight", 200, "left", 1280)).toBe(224);
  expect(widthAfter("ArrowRight", 300, "right", 1280)).toBe(276);
  expect(widthAfter("ArrowLeft", 300, "right", 1280)).toBe(324);
  expect(widthAfter("Tab", 300, "right", 1280)).toBeNull();
});

test("a panel is never too narrow to read, nor wider than half of the window", () => {
  expect(widthAfter("Home", 300, "left", 1280)).toBe(140);
  expect(widthAfter("End", 300, "left", 1280)).toBe(640);
  expect(clampedWidth(5000, 800)).toBe(400);
});

test("a size that was written by somebody else is not taken", () => {
  expect(recalledSize(null)).toEqual({ width: null, folded: false });
  expect(recalledSize({ width: "wide", folded: 1 })).toEqual({ width: null, folded: false });
  expect(recalledSize({ width: 250, folded: true })).toEqual({ width: 250, folded: true });
});
