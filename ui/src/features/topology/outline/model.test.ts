import { expect, test } from "vitest";

import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { block, card, counts, encode, frame, header } from "../picture/fixture";
import { ancestorsOf, rowsOf, treeStep, typedAhead } from "./model";

const message = encode(
  header({
    frames: [frame({ counts: counts({ objects: 74, degraded: 2, ok: 60 }) }), frame({ id: "lane:nodes", title: "nodes" })],
    blocks: [
      block({ cards: [card({ key: "cart", pods: [{ key: "core/Pod/shop/cart-1", health: "failing" }] })] }),
      block({ id: "app:shop/web", title: "web" }),
      block({ id: "lane:nodes/all", frame: "lane:nodes", title: "", cards: [card({ key: "node-a", name: "node-a" })] }),
    ],
  }),
  Array.from({ length: 4 + 8 + 12 + 8 + 2 }, () => 0),
);
const picture = applyMessage(null, decode(message)).picture;
const titles = (open: string[]) => rowsOf(picture, new Set(open)).map((row) => `${"  ".repeat(row.level - 1)}${row.title}`);

test("closed, the outline lists namespaces and lanes", () => {
  expect(titles([])).toEqual(["shop", "nodes"]);
});

test("namespaces stand by name, and in a map of problems the worst first, inside too", () => {
  const names = ["shop", "api", "data"];
  const broken = { shop: counts({ degraded: 1 }), api: counts({ ok: 3 }), data: counts({ failing: 1 }) };
  const all = encode(
    header({
      frames: [frame({ id: "lane:nodes", title: "nodes", counts: counts({ ok: 1 }) }), ...names.map((title) => frame({ id: `ns:${title}`, title, counts: broken[title as keyof typeof broken] }))],
      blocks: [
        block({ id: "app:data/a", frame: "ns:data", title: "a", counts: counts({ ok: 1 }), cards: [card({ key: "apps/Deployment/data/a" })] }),
        block({ id: "app:data/b", frame: "ns:data", title: "b", counts: counts({ failing: 1 }), cards: [card({ key: "x", name: "x" }), card({ key: "y", name: "y", health: "failing" })] }),
      ],
    }),
    Array.from({ length: 4 + 4 * 4 + 8 + 12 }, () => 0),
  );
  const { picture: problems } = applyMessage(null, decode(all));
  const open = new Set(["ns:data", "app:data/b"]);
  expect(rowsOf(problems, open).map((row) => row.title)).toEqual(["api", "data", "a", "b", "x", "y", "shop", "nodes"]);
  expect(rowsOf(problems, open, "worst").map((row) => row.title)).toEqual(["data", "b", "y", "x", "a", "shop", "api", "nodes"]);
});

test("open, it goes down to pods; a lane's only block is no level", () => {
  expect(titles(["ns:shop", "app:shop/cart", "cart", "lane:nodes"])).toEqual(["shop", "  cart", "    cart", "      cart-1", "  web", "nodes", "  node-a"]);
});

test("rows know their place, as a screen reader says it", () => {
  const [, cart, web] = rowsOf(picture, new Set(["ns:shop"]));
  expect(cart).toMatchObject({ position: 1, siblings: 2, level: 2, open: false });
  expect(web).toMatchObject({ position: 2, siblings: 2, open: null });
});

test("a frame carries the worst state inside", () => {
  expect(rowsOf(picture, new Set())[0]?.health).toBe("degraded");
});

test("what must open to show an object", () => {
  expect(ancestorsOf(picture, "core/Pod/shop/cart-1")).toEqual(["ns:shop", "app:shop/cart", "cart"]);
  expect(ancestorsOf(picture, "nobody")).toEqual([]);
});

test("tree keys", () => {
  const rows = rowsOf(picture, new Set(["ns:shop"]));
  expect(treeStep(rows, "ns:shop", "ArrowDown")).toEqual({ go: "app:shop/cart" });
  expect(treeStep(rows, "ns:shop", "ArrowLeft")).toEqual({ close: "ns:shop" });
  expect(treeStep(rows, "app:shop/cart", "ArrowRight")).toEqual({ open: "app:shop/cart" });
  expect(treeStep(rows, "app:shop/cart", "ArrowLeft")).toEqual({ go: "ns:shop" });
  expect(treeStep(rows, "app:shop/cart", "End")).toEqual({ go: "lane:nodes" });
  expect(treeStep(rows, null, "ArrowDown")).toEqual({ go: "ns:shop" });
});

test("type-ahead wraps around", () => {
  const rows = rowsOf(picture, new Set(["ns:shop"]));
  expect(typedAhead(rows, "ns:shop", "n")).toBe("lane:nodes");
  expect(typedAhead(rows, "lane:nodes", "w")).toBe("app:shop/web");
  expect(typedAhead(rows, "ns:shop", "x")).toBeNull();
});
