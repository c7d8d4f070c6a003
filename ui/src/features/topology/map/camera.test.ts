import { expect, test } from "vitest";

import { between, contains, filling, fitted, held, nudged, panned, revealing, toPlane, toScreen, visible, zoomed } from "./camera";

const size = { width: 1000, height: 600 };
const camera = { x: 100, y: 50, scale: 0.5 };

test("screen and plane are each other's inverse", () => {
  expect(toScreen(camera, toPlane(camera, { x: 321, y: 123 }))).toEqual({ x: 321, y: 123 });
});

test("zooming keeps what is under the pointer", () => {
  const at = { x: 400, y: 300 };
  const before = toPlane(camera, at);
  const after = toPlane(zoomed(camera, 1.7, at, 0), at);
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
});

test("what is brought into view at the edge of the map leaves no void beside it", () => {
  const bounds = { x: 0, y: 0, width: 4000, height: 900 };
  // At half scale 2000 by 1200 units are seen, and 120 beyond each edge: the map is wider, and not as high.
  expect(filling({ x: -700, y: -800, scale: 0.5 }, bounds, size)).toEqual({ x: -120, y: -150, scale: 0.5 });
  expect(filling({ x: 3900, y: 0, scale: 0.5 }, bounds, size)).toMatchObject({ x: 2120 });
  expect(filling({ x: 300, y: 100, scale: 2 }, bounds, size)).toEqual({ x: 300, y: 100, scale: 2 });
});

test("zooming stops at both ends", () => {
  expect(zoomed(camera, 1e6, { x: 0, y: 0 }, 0).scale).toBe(3);
  expect(zoomed(camera, 1e-6, { x: 0, y: 0 }, 0.1).scale).toBe(0.1);
});

test("fit shows all of it, and never more than life-size", () => {
  const box = { x: 10, y: 20, width: 4000, height: 800 };
  const seen = visible(fitted(box, size), size);
  expect(seen.x).toBeLessThanOrEqual(10);
  expect(seen.x + seen.width).toBeGreaterThanOrEqual(4010);
  expect(fitted({ x: 0, y: 0, width: 10, height: 10 }, size).scale).toBe(1);
});

test("panning cannot lose the picture", () => {
  const bounds = { x: 0, y: 0, width: 2000, height: 1000 };
  const lost = held(panned(camera, -1e6, 1e6), bounds, size);
  const seen = visible(lost, size);
  expect(seen.x).toBeLessThan(2000);
  expect(seen.y + seen.height).toBeGreaterThan(0);
});

test("a jump ends where it was meant to", () => {
  const to = { x: 900, y: 400, scale: 1 };
  expect(between(camera, to, 1, size).x).toBeCloseTo(900);
  expect(between(camera, to, 0, size).x).toBeCloseTo(100);
});

test("revealing leaves the camera alone where the thing can be read already", () => {
  const near = { x: 0, y: 0, scale: 1 };
  expect(revealing(near, { x: 300, y: 200, width: 196, height: 46 }, size, 0.8)).toBe(near);
  const moved = revealing(near, { x: 5000, y: 200, width: 196, height: 46 }, size, 0.8);
  expect(visible(moved, size).x).toBeGreaterThan(4000);
  expect(revealing(camera, { x: 300, y: 200, width: 196, height: 46 }, size, 0.8).scale).toBe(0.8);
});

test("what is fitted keeps clear of the controls", () => {
  const box = { x: 0, y: 0, width: 100, height: 4000 };
  const inset = { top: 50, bottom: 40 };
  const fit = fitted(box, size, 1, inset);
  expect(toScreen(fit, { x: 0, y: 0 }).y).toBeGreaterThanOrEqual(inset.top);
  expect(toScreen(fit, { x: 0, y: 4000 }).y).toBeLessThanOrEqual(size.height - inset.bottom);
});

test("a nudge goes no farther than it must, and not at all where all is seen", () => {
  const seen = { x: 500, y: 300, width: 200, height: 60 };
  expect(contains(camera, size, seen)).toBe(true);
  expect(nudged(camera, size, seen)).toEqual(camera);
  const beyond = { x: 2050, y: 300, width: 200, height: 60 };
  const to = nudged(camera, size, beyond);
  expect(contains(to, size, beyond)).toBe(true);
  expect(to.y).toBe(camera.y);
  expect(toScreen(to, { x: 2250, y: 0 }).x).toBeCloseTo(size.width - 24);
});
