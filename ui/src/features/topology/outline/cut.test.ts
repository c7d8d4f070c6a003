import { expect, test } from "vitest";

import { cutNames } from "./cut";

test("names that begin alike keep what they differ in", () => {
  expect(cutNames(["payments-gateway-config", "payments-gateway-secrets", "api"])).toEqual([
    { head: "payments-gateway", tail: "-config" },
    { head: "payments-gateway", tail: "-secrets" },
    { head: "api", tail: "" },
  ]);
});

test("no two names are cut to the same text, wherever they differ", () => {
  const names = ["kubernetes-dashboard-metrics-scraper-7bc864c59-x2k4p", "kubernetes-dashboard-metrics-scraper-7bc864c59-x9k4p", "kubernetes-dashboard-metrics-scraper-8bc864c59-x2k4p", "kubernetes-dashboard"];
  // As little of the head as an outline ever shows.
  const texts = cutNames(names).map(({ head, tail }) => `${head.slice(0, 8)}…${tail}`);
  expect(new Set(texts).size).toBe(names.length);
});

test("a name that goes on where another ends is told from it by its tail", () => {
  expect(cutNames(["storefront-blue", "storefront-blue-canary"])).toEqual([
    { head: "storefront-blue", tail: "" },
    { head: "storefront-blue", tail: "-canary" },
  ]);
});

test("names that differ at once are cut at their ends", () => {
  expect(cutNames(["aws-load-balancer-controller", "cluster-autoscaler"]).map(({ tail }) => tail)).toEqual(["", ""]);
});
