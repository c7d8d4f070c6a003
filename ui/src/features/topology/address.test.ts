import { expect, test } from "vitest";

import { type Place, addressOf, placeOf } from "./address";
import { EMPTY_VIEW } from "./view";

const nowhere: Place = { view: EMPTY_VIEW, selection: null, tab: "overview", camera: null };
const key = "core/Service/shop/a b&c";

test.each<Place>([
  nowhere,
  { ...nowhere, view: { ...EMPTY_VIEW, lens: "traffic", namespaces: ["shop", "data"], kinds: ["apps/Deployment"], health: ["failing"], problemsOnly: true, focus: key, depth: 3, expanded: [key], expandAll: true } },
  { ...nowhere, selection: { sort: "object", key }, tab: "yaml", camera: { x: -12.5, y: 1048, scale: 0.3333 } },
  { ...nowhere, selection: { sort: "link", from: key, to: "core/Pod/shop/x" } },
  { ...nowhere, selection: { sort: "path", from: key, to: "core/Pod/shop/x", way: 2 } },
  { ...nowhere, selection: { sort: "frame", id: "ns:shop" } },
  { ...nowhere, selection: { sort: "block", id: "app:shop/cart" } },
])("a copied link leads to the same place: %j", (place) => {
  expect(placeOf(addressOf(place), EMPTY_VIEW)).toEqual(place);
});

test("keys are readable in the address", () => {
  expect(addressOf({ ...nowhere, selection: { sort: "object", key: "core/Pod/shop/web-1" } })).toBe("lens=all&object=core/Pod/shop/web-1");
});

test("an address that says nothing, or nonsense, is not taken for an empty view", () => {
  expect(placeOf("", EMPTY_VIEW)).toBeNull();
  expect(placeOf("token=abc", EMPTY_VIEW)).toBeNull();
  expect(placeOf("lens=everything", EMPTY_VIEW)).toBeNull();
});

test("impossible cameras, depths and tabs of a damaged link are left out", () => {
  expect(placeOf("lens=all&at=1,2,NaN&depth=-3&tab=secrets&link=a", EMPTY_VIEW)).toEqual(nowhere);
  expect(placeOf("lens=all&at=1,2,0", EMPTY_VIEW)?.camera).toBeNull();
});

test("the window's shape is that of the window, not of whoever copied the link", () => {
  expect(placeOf("lens=all", { ...EMPTY_VIEW, aspect: 160 })?.view.aspect).toBe(160);
});
