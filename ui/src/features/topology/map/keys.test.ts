import { expect, test } from "vitest";

import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { generated } from "../picture/fixture";
import { shortcutOf } from "../shortcuts";
import { wheelMeaning } from "./gestures";
import { KEY_HELP, mapCommand } from "./keys";
import { nearestTo, neighbourOf, readingOrder, stepped, whereabouts } from "./navigate";
import { Spatial } from "./spatial";
import { wanted } from "./tiles";

const key = (name: string, held = {}) => ({ key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

test("keys of the map", () => {
  expect(mapCommand(key("ArrowRight"), "")).toEqual({ do: "move", direction: "right" });
  expect(mapCommand(key("ArrowRight", { shiftKey: true }), "")).toEqual({ do: "pan", dx: -80, dy: 0 });
  expect(mapCommand(key("g"), "")).toBeNull();
  expect(mapCommand(key("g"), "g")).toEqual({ do: "end", last: false });
  expect(mapCommand(key("J", { shiftKey: true }), "")).toEqual({ do: "owner" });
  expect(mapCommand(key("k", { ctrlKey: true }), "")).toBeNull();
});

test("every key that does something stands in the list of keys", () => {
  const called: Record<string, string> = { " ": "Space", "-": "−", "=": "+", ":": "/", g: "gg", J: "Shift-J" };
  const listed = KEY_HELP.flatMap(([keys]) => keys.split(/ +|, /));
  const letters = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));
  const named = ["Enter", "Home", "End", "PageUp", "PageDown", "Delete", "Insert", "F1"];
  const acts = [...letters, ...named].filter((name) => mapCommand(key(name), "g") ?? shortcutOf(key(name), false));
  expect(acts.length).toBeGreaterThan(20);
  expect(acts.filter((name) => !listed.includes(called[name] ?? name))).toEqual([]);
  const held = letters.filter((name) => shortcutOf(key(name, { ctrlKey: true }), false));
  expect(held.filter((name) => !listed.includes(`Ctrl-${name.toUpperCase()}`) && !listed.includes(called[name] ?? name))).toEqual([]);
});

const wheel = (some: object) => ({ deltaX: 0, deltaY: 0, deltaMode: 0, ctrlKey: false, metaKey: false, shiftKey: false, ...some });

test("a mouse's wheel zooms, two fingers pan, a pinch zooms", () => {
  expect(wheelMeaning(wheel({ deltaY: 120 })).sort).toBe("zoom");
  expect(wheelMeaning(wheel({ deltaY: 3, deltaMode: 1 })).sort).toBe("zoom");
  expect(wheelMeaning(wheel({ deltaY: 7.5 }))).toEqual({ sort: "pan", dx: -0, dy: -7.5 });
  expect(wheelMeaning(wheel({ deltaX: 30, deltaY: 80 })).sort).toBe("pan");
  expect(wheelMeaning(wheel({ deltaY: -2.5, ctrlKey: true }))).toMatchObject({ sort: "zoom" });
  expect(wheelMeaning(wheel({ deltaY: 120, shiftKey: true }))).toEqual({ sort: "pan", dx: -120, dy: 0 });
});

test("one notch towards the screen comes nearer, away goes farther", () => {
  const near = wheelMeaning(wheel({ deltaY: -120 }));
  expect(near.sort === "zoom" && near.factor > 1).toBe(true);
});

const spatial = new Spatial(applyMessage(null, decode(generated(64))).picture);

test("moving by direction finds the neighbour on the plane", () => {
  expect(neighbourOf(spatial, "apps/Deployment/n0/workload-0-0", "right")).toBe("apps/Deployment/n0/workload-0-1");
  expect(neighbourOf(spatial, "apps/Deployment/n0/workload-0-0", "down")).toBe("apps/Deployment/n0/workload-0-4");
  expect(neighbourOf(spatial, "apps/Deployment/n0/workload-0-0", "left")).toBeNull();
  expect(nearestTo(spatial, 0, 0)).toBe("apps/Deployment/n0/workload-0-0");
});

test("stepping follows the reading order and stops at its ends", () => {
  const order = readingOrder(spatial.picture);
  expect(order).toHaveLength(64);
  expect(stepped(order, null, 1)).toBe(order[0]);
  expect(stepped(order, order[3] ?? null, 1)).toBe(order[4]);
  expect(stepped(order, order[63] ?? null, 1)).toBe(order[63]);
});

test("tiles are asked for from the middle outwards and cover the screen", () => {
  const tiles = wanted({ x: 0, y: 0, scale: 1 }, { width: 768, height: 256 }, 1);
  expect(tiles[0]).toEqual({ column: 1, row: 0 });
  expect(tiles).toHaveLength(3);
});

test("who has zoomed in past the titles is told where", () => {
  expect(whereabouts(spatial.picture, { x: 0, y: 0, width: 900, height: 400 })).toEqual([]);
  expect(whereabouts(spatial.picture, { x: 100, y: 70, width: 400, height: 100 })).toEqual(["namespace-0", "app-0"]);
  expect(whereabouts(spatial.picture, { x: -900, y: -900, width: 100, height: 100 })).toEqual([]);
});
