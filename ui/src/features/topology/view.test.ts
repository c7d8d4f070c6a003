import { expect, test } from "vitest";

import type { Picture } from "./picture/types";
import { aspectOf, EMPTY_VIEW, fewInLens, filtersOf, narrowedBy, noReleaseText, recalledView, rememberedView, titleOf, toggled, widened } from "./view";

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

test("what keeps objects off the map is said in words", () => {
  expect(narrowedBy(EMPTY_VIEW)).toBe("");
  expect(narrowedBy({ ...EMPTY_VIEW, lens: "gitops" })).toBe("the GitOps lens");
  expect(narrowedBy({ ...EMPTY_VIEW, lens: "traffic", namespaces: ["shop"], problemsOnly: true })).toBe("the Traffic lens and 2 filters");
});

test("a widened view leaves nothing out, and keeps what is unfolded", () => {
  const wide = widened({ ...EMPTY_VIEW, lens: "traffic", kinds: ["core/Pod"], focus: "core/Pod/shop/x", depth: 2, expanded: ["a"], aspect: 150 });
  expect(narrowedBy(wide)).toBe("");
  expect(wide).toMatchObject({ expanded: ["a"], aspect: 150 });
});

test("a lens in which almost nothing has a part is known by its cards", () => {
  const picture = (aside: boolean[]) => ({ blocks: new Map([["a", { cards: aside.map((each) => ({ aside: each })) }]]) }) as unknown as Picture;
  const most = Array.from({ length: 49 }, () => true);
  expect(fewInLens("gitops", picture([true, true]))).toBe(0);
  expect(fewInLens("policy", picture([false, ...most]))).toBe(1);
  expect(fewInLens("policy", picture([false, false, false, ...most]))).toBeNull();
  expect(fewInLens("all", picture(most))).toBeNull();
  expect(fewInLens("policy", picture([]))).toBeNull();
});

test("a picture of a part is called after what it shows", () => {
  expect(titleOf("shop-eu-1", EMPTY_VIEW)).toBe("shop-eu-1");
  expect(titleOf("shop-eu-1", { ...EMPTY_VIEW, namespaces: ["shop"], lens: "traffic", problemsOnly: true })).toBe("shop-eu-1 · shop · Traffic · Problems");
  expect(titleOf("a", { ...EMPTY_VIEW, namespaces: ["x", "y"], kinds: ["core/Service"] })).toBe("a · x + y · Service");
  expect(titleOf("a", { ...EMPTY_VIEW, namespaces: ["x", "y", "z"], focus: "core/Service/x/web" })).toBe("a · 3 namespaces · around web");
});

test("objects that say that Helm manages them are not denied where no release is seen", () => {
  expect(noReleaseText(0, 500)).toBe("Nothing shown here was put there by Argo CD, Flux or Helm, as far as objects say");
  expect(noReleaseText(48, 500)).toBe("48 objects of the cluster say that Helm manages them; no release, and nothing of Argo CD or Flux, is seen here");
  expect(noReleaseText(1, 500)).toContain("1 object of the cluster says that Helm manages it");
  expect(noReleaseText(500, 500)).toContain("500 objects or more of the cluster");
});
