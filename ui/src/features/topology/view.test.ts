import { expect, test } from "vitest";

import { aspectOf, EMPTY_VIEW, filtersOf, recalledView, rememberedView, toggled } from "./view";

test("what is remembered comes back, and rubbish does not", () => {
  const view = { ...EMPTY_VIEW, lens: "config" as const, namespaces: ["shop"], focus: "core/Pod/shop/a", problemsOnly: true };
  expect(recalledView(rememberedView(view))).toEqual({ ...EMPTY_VIEW, lens: "config", namespaces: ["shop"] });
  expect(recalledView({ lens: "moon", namespaces: [1, "a"], kinds: "x" })).toEqual({ ...EMPTY_VIEW, namespaces: ["a"] });
  expect(recalledView(null)).toEqual(EMPTY_VIEW);
});

test("filters are counted", () => {
  expect(filtersOf(EMPTY_VIEW)).toBe(0);
  expect(filtersOf({ ...EMPTY_VIEW, problemsOnly: true, namespaces: ["a", "b"] })).toBe(2);
});

test("toggling", () => {
  expect(toggled(["a"], "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});

test("the layout is asked for in the shape of the room, roughly", () => {
  expect(aspectOf(1280, 800)).toBe(150);
  expect(aspectOf(1288, 806)).toBe(150);
  expect(aspectOf(1920, 1080)).toBe(170);
});
