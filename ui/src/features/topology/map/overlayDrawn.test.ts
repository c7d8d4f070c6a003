import { expect, test } from "vitest";

import type { WireLink } from "@/api/bindings/WireLink";

import type { Palette } from "../paint/theme";
import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { block, card, encode, frame, header } from "../picture/fixture";
import { type Marks, drawOverlay } from "./overlay";
import { levelAt } from "./level";
import { Spatial } from "./spatial";

/** A colour is called by its token. */
const palette = new Proxy({}, { get: (_, name) => String(name) }) as Palette;

interface Drawn {
  lines: Array<{ colour: string; dash: number[]; width: number; box: number[] | null }>;
  texts: string[];
}

/** Draws the marks on a context that notes its lines and texts. */
function drawn(spatial: Spatial, marks: Partial<Marks>, scale = 1): Drawn {
  const all: Drawn = { lines: [], texts: [] };
  let dash: number[] = [];
  let box: number[] | null = null;
  const own: Record<string, unknown> = {
    font: "",
    globalAlpha: 1,
    beginPath: () => { box = null; },
    roundRect: (...of: number[]) => { box = of.slice(0, 4); },
    setLineDash: (of: number[]) => { dash = of; },
    measureText: (text: string) => ({ width: text.length * 5 }),
    fillText: (text: string) => all.texts.push(text),
    stroke: () => all.lines.push({ colour: String(own.strokeStyle), dash, width: Number(own.lineWidth), box }),
  };
  const context = new Proxy(own, { get: (of, name) => (name in of ? of[String(name)] : () => undefined) }) as unknown as CanvasRenderingContext2D;
  const none: Marks = { selected: null, selectedLink: null, hover: null, joined: null, traced: [], governed: [], focused: false };
  drawOverlay(context, { spatial, marks: { ...none, ...marks }, palette, level: levelAt(scale), scale, glow: new Map() });
  return all;
}

/** `a` refers to `b`, which is not there; the frame has a policy that governs the pod inside `a`. */
function spatial(): Spatial {
  const cards = [card({ key: "a", pods: [{ key: "a-pod", health: "ok" }] }), card({ key: "b", look: "missing", health: "missing" })];
  const link: WireLink = { from: { id: "a", block: false }, to: { id: "b", block: false }, class: "refers", state: "missing", inferred: false, count: 1, corners: 2 };
  const message = encode(header({ frames: [frame({ badges: [{ text: "default-deny", key: "policy" }] })], blocks: [block({ cards, links: [link] })], links: [] }), [
    ...[0, 0, 800, 600],
    ...[0, 0, 800, 600, 300, 10, 60, 16],
    ...[100, 100, 600, 200],
    ...[10, 30, 196, 62, 52, 60],
    ...[300, 30, 196, 46],
    ...[206, 53, 300, 53],
  ]);
  return new Spatial(applyMessage(null, decode(message)).picture);
}

test.each([{ selected: "b" }, { selected: "a" }, { selectedLink: { from: "a", to: "b" } }, { traced: ["a", "b"] }])("a broken line stays red and dashed, with what marks it on both sides: %o", (marks) => {
  const route = drawn(spatial(), marks).lines.filter(({ box }) => box === null).slice(-3);
  expect(route.map(({ colour }) => colour)).toEqual(["accent", "group", "failing"]);
  expect(route.map(({ width }) => width)).toEqual(route.map(({ width }) => width).toSorted((a, b) => b - a));
  expect(route.map(({ dash }) => dash.length > 0)).toEqual([false, false, true]);
});

test("a mark runs beside a neighbour's border, which keeps its red", () => {
  const [left, , width] = drawn(spatial(), { selected: "a" }).lines.find(({ box }) => box !== null)?.box ?? [];
  // The border of the neighbour runs from 400 to 596.
  expect(left).toBeLessThan(399);
  expect(width).toBeGreaterThan(198);
});

test.each([
  ["near: pod, card and frame", 1, [150, 108, -2]],
  ["from afar: application and frame", 0.27, [100 - 2 / 0.27, -2 / 0.27]],
])("what a policy for the whole namespace governs is marked %s, and its pill can be read", (_, scale, expected) => {
  const { lines, texts } = drawn(spatial(), { selected: "policy", governed: ["a-pod"] }, scale);
  const lefts = lines.flatMap(({ box, colour }) => (colour === "accent" && box ? [box[0] ?? 0] : []));
  for (const left of expected) expect(lefts.some((each) => Math.abs(each - left) < 0.1)).toBe(true);
  expect(texts).toContain("default-deny");
});
