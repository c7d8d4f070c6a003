import type { WireLink } from "@/api/bindings/WireLink";
import { expect, test } from "vitest";

import { decode } from "./decode";
import { block, card, encode, frame, generated, header } from "./fixture";

const link: WireLink = {
  from: { id: "a", block: false },
  to: { id: "b", block: false },
  class: "routes",
  state: "resolved",
  inferred: false,
  count: 1,
  corners: 2,
  label: ":80",
};

test("reads geometry in the order in which things stand in the header", () => {
  const message = encode(
    header({
      frames: [frame({ badges: [{ text: "quota", key: null }] })],
      blocks: [
        block({
          cards: [
            card({
              pods: [{ key: "core/Pod/shop/cart-1", health: "ok" }],
              tallies: [{ health: "ok", count: 30 }],
              badges: [{ text: "sa: web", key: null }],
              note: "CrashLoopBackOff",
              meters: [{ label: "cpu", share: 0.5, high: false }],
            }),
          ],
          links: [link],
        }),
      ],
      moved: ["app:shop/web"],
      links: [{ ...link, label: undefined, corners: 3 }],
    }),
    [
      ...[0, 0, 800, 600], // bounds
      ...[10, 11, 700, 500], // frame
      ...[60, 12, 40, 18], // its badge
      ...[20, 40, 400, 200], // block
      ...[5, 6, 196, 46], // card
      ...[30, 31], // pod
      ...[1, 1, 2, 2], // tally
      ...[3, 3, 4, 4], // badge
      ...[5, 5, 6, 6], // note
      ...[7, 7, 8, 8], // meter
      ...[50, 51, 16, 12], // label of the block's link
      ...[0, 20, 40, 20], // its corners
      ...[99, 98], // moved
      ...[0, 0, 10, 0, 10, 10], // link between blocks
    ],
  );

  const read = decode(message);

  expect(read.bounds).toEqual({ x: 0, y: 0, width: 800, height: 600 });
  expect(read.frames.sent[0]?.badges[0]?.box).toEqual({ x: 60, y: 12, width: 40, height: 18 });
  const [inside] = read.blocks;
  expect(inside?.box).toEqual({ x: 20, y: 40, width: 400, height: 200 });
  const [only] = inside?.cards.sent ?? [];
  expect(only?.pods[0]).toEqual({ key: "core/Pod/shop/cart-1", health: "ok", x: 30, y: 31 });
  expect(only?.note).toEqual({ text: "CrashLoopBackOff", full: "CrashLoopBackOff", box: { x: 5, y: 5, width: 6, height: 6 } });
  expect(only?.meters[0]?.box).toEqual({ x: 7, y: 7, width: 8, height: 8 });
  expect(inside?.links.sent[0]?.label?.box).toEqual({ x: 50, y: 51, width: 16, height: 12 });
  expect(inside?.links.sent[0]?.box).toEqual({ x: 0, y: 20, width: 66, height: 43 });
  expect(read.moved).toEqual([{ id: "app:shop/web", origin: { x: 99, y: 98 } }]);
  expect(read.links.sent[0]?.points).toEqual([
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 10 },
  ]);
});

test("a torn message is refused, not drawn in part", () => {
  const message = encode(header(), [0, 0, 800, 600]);
  expect(() => decode(message.slice(0, message.byteLength - 4))).toThrow(/ends before its geometry/);
  expect(() => decode(message.slice(0, 40))).toThrow(/ends before its header/);
  expect(() => decode(new ArrayBuffer(2))).toThrow(/too short/);
  expect(() => decode(encode(header(), [0, 0, 800, 600, 1]))).toThrow(/too many/);
});

test("names beyond ASCII keep the geometry aligned", () => {
  const message = encode(header({ title: "café-κατάστημα" }), [0, 0, 8, 6]);
  expect(decode(message).header.title).toBe("café-κατάστημα");
});

test("the generator makes pictures of the size asked for", () => {
  const read = decode(generated(100));
  expect(read.blocks.flatMap((each) => each.cards.sent)).toHaveLength(100);
});
