import { expect, test } from "vitest";

import { type Choices, FIRST_CHOICES, endingOf, doneText, fileName, named, placeText, recalled, remembered, requestOf, titled } from "./model";

const view = { lens: "all" as const, namespaces: ["shop"], kinds: [], health: [], problemsOnly: false, focus: null, depth: null, expanded: [], expandAll: false, aspect: null };

test("everything means no view, the screen means this one", () => {
  expect(requestOf(FIRST_CHOICES, "a", view, null).view).toBeNull();
  expect(requestOf({ ...FIRST_CHOICES, scope: "screen" }, "a", view, null).view).toEqual(view);
});

test("scale matters to pixels only", () => {
  expect(requestOf({ ...FIRST_CHOICES, scale: 2 }, "a", view, null).scale).toBeNull();
  expect(requestOf({ ...FIRST_CHOICES, format: "png", scale: 2 }, "a", view, null).scale).toBe(2);
});

test("choices come back, titles do not", () => {
  const choices: Choices = { ...FIRST_CHOICES, format: "pdf", title: "Q3", stamp: true };
  expect(recalled(remembered(choices))).toEqual({ ...choices, title: "" });
  expect(recalled({ scale: 99, theme: 1 })).toEqual(FIRST_CHOICES);
});

test("file names are safe everywhere", () => {
  expect(fileName("arn:aws:eks/shop eu", "svg")).toBe("arn-aws-eks-shop-eu.svg");
  expect(fileName("///", "png")).toBe("cluster.png");
  expect(fileName("a", endingOf("mermaid"))).toBe("a.mmd");
});

test("a download goes by the cluster's name, a file of the window by its path", () => {
  expect(placeText("shop eu", "/exports/3.svg")).toBe("shop-eu.svg");
  expect(placeText("shop", "/exports/12.mmd")).toBe("shop.mmd");
  expect(placeText("shop", "/home/ada/map.svg")).toBe("/home/ada/map.svg");
  const status = { id: "3", progress: 1, done: true, path: "/exports/3.svg", bytes: 900, notes: [], error: null };
  // As it was downloaded: of a filtered map, after what that showed.
  expect(doneText(status, "shop-eu-1-shop-Problems.svg")).toMatch(/^shop-eu-1-shop-Problems\.svg · /);
  expect(doneText({ ...status, path: "/home/ada/map.svg" }, "shop.svg")).toMatch(/^\/home\/ada\/map\.svg · /);
});

test("what the map shows of a cluster gives file and title its name, unless the person gives one", () => {
  const screen = { ...FIRST_CHOICES, scope: "screen" as const };
  expect(fileName(titled(screen, "shop-eu-1", "shop-eu-1 · shop · Problems"), "svg")).toBe("shop-eu-1-shop-Problems.svg");
  expect(titled(FIRST_CHOICES, "shop-eu-1", "shop-eu-1 · shop")).toBe("shop-eu-1");
  expect(titled(screen, "shop-eu-1", null)).toBe("shop-eu-1");
  expect(named(screen, "shop-eu-1 · shop").title).toBe("shop-eu-1 · shop");
  expect(named({ ...screen, title: "Q3" }, "shop-eu-1 · shop").title).toBe("Q3");
  expect(named(FIRST_CHOICES, "shop-eu-1 · shop").title).toBe("");
});
