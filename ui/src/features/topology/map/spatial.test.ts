import type { WireLink } from "@/api/bindings/WireLink";
import { expect, test } from "vitest";

import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { block, card, encode, frame, generated, header } from "../picture/fixture";
import { LEGIBLE, levelAt, textSize } from "./level";
import { Spatial } from "./spatial";

function small(): Spatial {
  const cards = [
    card({ key: "a", pods: [{ key: "a-pod", health: "ok" }], badges: [{ text: "sa: web", key: "sa" }] }),
    card({ key: "b" }),
  ];
  const link: WireLink = { from: { id: "a", block: false }, to: { id: "b", block: false }, class: "routes", state: "resolved", inferred: false, count: 1, corners: 2 };
  const message = encode(header({ frames: [frame()], blocks: [block({ cards, links: [link] })], links: [] }), [
    ...[0, 0, 800, 600],
    ...[0, 0, 800, 600],
    ...[100, 100, 600, 200],
    ...[10, 30, 196, 62, 52, 60, 60, 84, 50, 16],
    ...[300, 30, 196, 46],
    ...[206, 53, 300, 53],
  ]);
  return new Spatial(applyMessage(null, decode(message)).picture);
}

test.each([
  [155, 163, "pod"],
  [120, 140, "card"],
  [165, 190, "badge"],
  [350, 154, "link"],
  [350, 250, "block"],
  [20, 20, "frame"],
])("at %i,%i lies a %s", (x, y, sort) => {
  expect(small().hit({ x, y }, "near", 1)?.sort).toBe(sort);
});

test("outside everything there is nothing", () => {
  expect(small().hit({ x: -50, y: -50 }, "near", 1)).toBeNull();
});

test("from afar only what is drawn can be hit", () => {
  expect(small().hit({ x: 120, y: 140 }, "blocks", 0.2)?.sort).toBe("block");
  expect(small().hit({ x: 120, y: 140 }, "far", 0.05)?.sort).toBe("frame");
});

test("a pod is found in its card", () => {
  expect(small().cardOf("a-pod")?.card.key).toBe("a");
  expect(small().boxOf("a-pod")).toEqual({ x: 152, y: 160, width: 12, height: 12 });
});

test("culling takes what overlaps and no more", () => {
  const spatial = new Spatial(applyMessage(null, decode(generated(1000))).picture);
  const inside = spatial.blocksIn({ x: 0, y: 0, width: 880, height: 180 });
  expect(inside.map((each) => each.id)).toEqual(["app:n0/app-0"]);
});

test("levels from far to near, and no name under ten pixels", () => {
  expect([0.05, 0.2, 0.4, 0.7, 1].map(levelAt)).toEqual(["far", "blocks", "compact", "cards", "near"]);
  for (const scale of [0.05, 0.3, 0.5, LEGIBLE, 1, 2]) expect(textSize(12.5, scale) * scale).toBeGreaterThanOrEqual(10);
});

test("what has no card is found by its pill", () => {
  expect(small().boxOf("sa")).toBeUndefined();
  expect(small().badgeOf("sa")).toEqual({ x: 160, y: 184, width: 50, height: 16 });
  expect(small().badgeOf("nobody")).toBeUndefined();
});
