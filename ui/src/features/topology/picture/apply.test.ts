import type { WirePod } from "@/api/bindings/WirePod";
import { expect, test } from "vitest";

import { LostMessage, applyMessage } from "./apply";
import { decode } from "./decode";
import { block, card, counts, encode, frame, header } from "./fixture";

const first = decode(
  encode(header({ frames: [frame()], blocks: [block({ cards: [card()] }), block({ id: "app:shop/web" })], links: [] }), [
    ...[0, 0, 800, 600],
    ...[0, 0, 800, 600],
    ...[20, 60, 300, 100],
    ...[5, 6, 196, 46],
    ...[20, 200, 300, 100],
  ]),
);

function next(some: Parameters<typeof header>[0], numbers: number[]) {
  return decode(encode(header({ number: 2, view: undefined, ...some }), [0, 0, 800, 600, ...numbers]));
}

test("the first message is everything", () => {
  const { picture, dirty } = applyMessage(null, first);
  expect([...picture.blocks.keys()]).toEqual(["app:shop/cart", "app:shop/web"]);
  expect(dirty).toBeNull();
});

test("a changed block replaces the old one and dirties both places", () => {
  const { picture } = applyMessage(null, first);
  const later = applyMessage(picture, next({ blocks: [block({ title: "cart 2" })] }, [20, 60, 340, 100]));
  expect(later.picture.blocks.get("app:shop/cart")?.title).toBe("cart 2");
  expect(later.picture.blocks.get("app:shop/web")).toBe(picture.blocks.get("app:shop/web"));
  expect(later.dirty).toHaveLength(2);
});

test("moved and removed blocks", () => {
  const { picture } = applyMessage(null, first);
  const later = applyMessage(picture, next({ moved: ["app:shop/web"], removed: ["app:shop/cart"] }, [50, 60]));
  expect([...later.picture.blocks.keys()]).toEqual(["app:shop/web"]);
  expect(later.picture.blocks.get("app:shop/web")?.box).toEqual({ x: 50, y: 60, width: 300, height: 100 });
});

test("a frame whose counts changed is drawn again at its head only", () => {
  const { picture } = applyMessage(null, first);
  const later = applyMessage(picture, next({ frames: [frame({ counts: counts({ failing: 1 }) })], framesSplice: { gone: [0], at: [0], moved: [] } }, [0, 0, 800, 600]));
  expect(later.dirty).toEqual([{ x: 0, y: 0, width: 800, height: 56 }]);
});

test("a card that changed takes its old place among those that stay", () => {
  const { picture } = applyMessage(null, first);
  const change = block({ cards: [card({ key: "core/Service/shop/cart" })], cardsSplice: { gone: [], at: [1], moved: [] } });
  const later = applyMessage(picture, next({ blocks: [change] }, [20, 60, 300, 100, 9, 9, 196, 46]));
  const cards = later.picture.blocks.get("app:shop/cart")?.cards ?? [];
  expect(cards.map((each) => each.key)).toEqual(["apps/Deployment/shop/cart", "core/Service/shop/cart"]);
  expect(cards[0]).toBe(picture.blocks.get("app:shop/cart")?.cards[0]);
});

test("a frame whose badge changed is drawn again", () => {
  const numbers = [...[0, 0, 800, 600], ...[700, 0, 50, 16]];
  const { picture } = applyMessage(null, decode(encode(header({ frames: [frame({ badges: [{ text: "quota", key: null }] })] }), [...[0, 0, 800, 600], ...numbers])));
  const change = next({ frames: [frame({ badges: [{ text: "limits", key: null }] })], framesSplice: { gone: [0], at: [0], moved: [] } }, numbers);
  expect(applyMessage(picture, change).dirty).not.toEqual([]);
});

test("a card that only moved takes its parts along", () => {
  const pod: WirePod = { key: "core/Pod/shop/cart-1", health: "ok" };
  const whole = block({ cards: [card({ pods: [pod] }), card({ key: "core/Service/shop/cart" })] });
  const { picture } = applyMessage(null, decode(encode(header({ blocks: [whole] }), [...[0, 0, 800, 600], ...[20, 60, 300, 100], ...[5, 6, 196, 46], ...[9, 9], ...[5, 60, 196, 46]])));
  const change = block({ cards: [], cardsSplice: { gone: [1], at: [], moved: [[0, 1]] } });
  const later = applyMessage(picture, next({ blocks: [change] }, [20, 60, 300, 100, 0, 54]));
  const cards = later.picture.blocks.get("app:shop/cart")?.cards ?? [];
  expect(cards.map(({ key, box, pods }) => ({ key, box, pods }))).toEqual([
    { key: "apps/Deployment/shop/cart", box: { x: 5, y: 60, width: 196, height: 46 }, pods: [{ ...pod, x: 9, y: 63 }] },
  ]);
});

test("unchanged links stay", () => {
  const { picture } = applyMessage(null, first);
  const later = applyMessage(picture, next({}, []));
  expect(later.picture.links).toBe(picture.links);
  expect(later.picture.frames).toBe(picture.frames);
  expect(later.dirty).toEqual([]);
});

test("a gap in the numbers is noticed", () => {
  const { picture } = applyMessage(null, first);
  expect(() => applyMessage(picture, next({ number: 3 }, []))).toThrow(LostMessage);
  expect(() => applyMessage(null, next({}, []))).toThrow(LostMessage);
});
