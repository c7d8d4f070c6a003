import { expect, test } from "vitest";

import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { block, card, counts, encode, frame, header } from "../picture/fixture";
import { announcement } from "./announce";

const cards = [card({ key: "apps/Deployment/shop/cart", name: "cart", caption: "2 of 3 ready", health: "degraded", pods: [{ key: "core/Pod/shop/cart-1", health: "failing" }] })];
const message = encode(header({ frames: [frame({ id: "ns:shop", title: "shop", counts: counts({ objects: 74, degraded: 2 }) })], blocks: [block({ cards })] }), Array.from({ length: 4 + 4 + 4 + 4 + 2 }, () => 0));
const { picture } = applyMessage(null, decode(message));

test("a card is said with its kind, namespace, health and second line", () => {
  expect(announcement({ sort: "object", key: "apps/Deployment/shop/cart" }, picture)).toBe("Deployment cart in shop, degraded, 2 of 3 ready");
});

test("a pod says whose it is", () => {
  expect(announcement({ sort: "object", key: "core/Pod/shop/cart-1" }, picture)).toBe("Pod cart-1 in shop, failing, of Deployment cart");
});

test("what the map leaves out is named all the same", () => {
  expect(announcement({ sort: "object", key: "core/Secret/shop/keys" }, picture)).toBe("Secret keys in shop, not drawn by itself");
});

test("relations and namespaces", () => {
  expect(announcement({ sort: "link", from: "core/Service/shop/cart", to: "apps/Deployment/shop/cart" }, picture)).toBe("Relation from Service cart to Deployment cart");
  expect(announcement({ sort: "frame", id: "ns:shop" }, picture)).toBe("Namespace shop, 74 objects, degraded");
  expect(announcement(null, picture)).toBe("");
});
