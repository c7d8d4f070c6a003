import { expect, test } from "vitest";

import type { View } from "@/api/bindings/View";

import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { generated } from "../picture/fixture";
import { EMPTY_VIEW } from "../view";
import { type Box, overlaps } from "../picture/geometry";
import type { Picture } from "../picture/types";
import { contains as isSeen, toPlane, toScreen, visible } from "./camera";
import { Eye } from "./eye";
import { Spatial } from "./spatial";

const spatial = new Spatial(applyMessage(null, decode(generated(64))).picture);
const { bounds } = spatial.picture;
const card = "apps/Deployment/n0/workload-0-1";
const box = spatial.boxOf(card) ?? bounds;
const wide = { width: 1000, height: 700 };
const narrow = { width: 660, height: 700 };

/** An eye without motion, on a map of this size. */
function eyeOn(size = wide, selected: string | null = null): Eye {
  const eye = new Eye({ spatial: () => spatial, selected: () => selected, pointed: () => null, still: () => true, moved: () => undefined, now: () => 0 });
  eye.resize(size);
  return eye;
}

/** The same picture somewhere else on the plane. */
function moved(picture: Picture, x: number, y: number): Picture {
  const by = (each: Box) => ({ ...each, x: each.x + x, y: each.y + y });
  const blocks = [...picture.blocks].map(([id, block]) => [id, { ...block, box: by(block.box) }] as const);
  return { ...picture, bounds: by(picture.bounds), frames: picture.frames.map((frame) => ({ ...frame, box: by(frame.box) })), blocks: new Map(blocks) };
}

const sees = (eye: Eye, what = box) => isSeen(eye.camera, eye.size, what);

test("all stays fitted while the picture grows and the room changes, until the map is moved", () => {
  const eye = eyeOn();
  expect(sees(eye, bounds)).toBe(true);
  expect(eye.place).toBeNull();
  const larger = { ...bounds, width: bounds.width * 3, height: bounds.height * 3 };
  eye.meet(larger, false);
  expect(sees(eye, larger)).toBe(true);
  eye.resize(narrow);
  expect(sees(eye, bounds)).toBe(true);
  eye.panBy(10, 0);
  const { camera } = eye;
  eye.meet({ ...bounds, width: bounds.width * 9 }, false);
  expect(eye.camera).toBe(camera);
  expect(eye.place).toBe(camera);
});

test.each([
  ["in sight", 30],
  ["half beyond the edge", -box.width / 2],
])("a selected card %s is seen as a whole after a panel took room beside it", (_, inside) => {
  const eye = eyeOn(wide, card);
  eye.standAt({ scale: 1, x: box.x + box.width - wide.width + inside, y: box.y - 100 });
  const { y } = eye.camera;
  expect(overlaps(visible(eye.camera, wide), box)).toBe(true);
  eye.resize(narrow);
  expect(sees(eye)).toBe(true);
  expect(eye.camera.y).toBe(y);
});

test("a selected card that was out of sight draws nobody to it", () => {
  const eye = eyeOn(wide, card);
  eye.standAt({ scale: 1, x: box.x + box.width + 500, y: box.y });
  const { camera } = eye;
  eye.resize(narrow);
  expect(eye.camera).toBe(camera);
});

test("what was brought into view stands in the middle again once a panel took room", () => {
  const eye = eyeOn();
  eye.reveal(card);
  eye.resize(narrow);
  const seen = visible(eye.camera, narrow);
  expect(seen.x + seen.width / 2).toBeCloseTo(box.x + box.width / 2);
  eye.reveal(card, "apps/Deployment/n0/workload-0-0", "no-such-object");
  expect(sees(eye)).toBe(true);
});

test("what is near an object is shown as a whole, and the end of that leads back", () => {
  const eye = eyeOn();
  eye.zoomAt(4, { x: 500, y: 300 });
  const { camera } = eye;
  const focused = { ...EMPTY_VIEW, focus: card };
  const small = { x: 0, y: 0, width: 300, height: 200 };
  eye.expect(EMPTY_VIEW, focused);
  eye.meet(small, true);
  expect(sees(eye, small)).toBe(true);
  eye.expect(focused, EMPTY_VIEW);
  eye.meet(bounds, true);
  expect(eye.camera).toBe(camera);
  // An unfolded card changes no more than itself.
  eye.expect(EMPTY_VIEW, { ...EMPTY_VIEW, expanded: [card] });
  eye.meet(bounds, true);
  expect(eye.camera).toBe(camera);
});

test.each([
  ["another lens", { lens: "traffic" }],
  ["what is broken", { problemsOnly: true }],
  ["an opened card", { expanded: [card] }],
  ["one namespace", { namespaces: ["n0"] }],
] as const)("%s leaves the scale, and the selected card where it is on the screen", (_, part) => {
  const shifted = moved(spatial.picture, 130, -40);
  let shown = spatial;
  const eye = new Eye({ spatial: () => shown, selected: () => card, pointed: () => null, still: () => true, moved: () => undefined, now: () => 0 });
  eye.resize(wide);
  eye.standAt({ scale: 0.7, x: box.x - 100, y: box.y - 100 });
  eye.expect(EMPTY_VIEW, { ...EMPTY_VIEW, ...part } as View);
  shown = new Spatial(shifted);
  eye.meet(shifted.bounds, true);
  expect(eye.camera).toEqual({ scale: 0.7, x: box.x + 30, y: box.y - 140 });
});

test("where all was fitted it is again once the filter is gone, and nothing moves meanwhile", () => {
  const eye = eyeOn();
  const { camera } = eye;
  const narrowed = { ...EMPTY_VIEW, problemsOnly: true };
  eye.expect(EMPTY_VIEW, narrowed);
  // The reasons take room beside the map before the picture is there.
  eye.resize(narrow);
  eye.meet({ x: 500, y: 500, width: 40, height: 40 }, true);
  expect(eye.camera).toBe(camera);
  expect(eye.place).toBe(camera);
  eye.expect(narrowed, EMPTY_VIEW);
  eye.meet(bounds, true);
  expect(eye.camera).toBe(camera);
  expect(eye.place).toBeNull();
});

test("a filter that leaves nothing in sight shows what it leaves", () => {
  const eye = eyeOn();
  eye.standAt({ scale: 1, x: bounds.x + bounds.width + 5000, y: 0 });
  eye.expect(EMPTY_VIEW, { ...EMPTY_VIEW, problemsOnly: true });
  eye.meet(bounds, true);
  expect(sees(eye, bounds)).toBe(true);
});

test("a jump takes its time, and ends where it was meant to", () => {
  let now = 1000;
  const eye = new Eye({ spatial: () => spatial, selected: () => null, pointed: () => null, still: () => false, moved: () => undefined, now: () => now });
  eye.resize(wide);
  const before = eye.camera;
  eye.reveal(card);
  eye.advance();
  expect(eye.camera.scale).toBeCloseTo(before.scale);
  expect(eye.isResting).toBe(false);
  now += 140;
  eye.advance();
  expect(eye.camera.scale).toBeGreaterThan(before.scale);
  now += 1000;
  eye.advance();
  now += 1000;
  expect(eye.isResting).toBe(true);
  expect(sees(eye)).toBe(true);
});

test("zooming in step by step stays with the card that was gone to, and brings it from the edge of the map to the middle", () => {
  const eye = eyeOn(wide, card);
  eye.reveal(card);
  const aside = () => Math.abs(toScreen(eye.camera, { x: 0, y: box.y + box.height / 2 }).y - wide.height / 2);
  let before = aside();
  expect(before).toBeGreaterThan(50);
  for (let step = 0; step < 3; step += 1) {
    eye.zoomStep(1.3);
    expect(sees(eye)).toBe(true);
    expect(aside()).toBeLessThan(before);
    before = aside();
  }
});

test("once the map was moved, zooming step by step is about the middle", () => {
  const eye = eyeOn(wide, card);
  eye.reveal(card);
  eye.panBy(100, 0);
  const middle = () => toPlane(eye.camera, { x: wide.width / 2, y: wide.height / 2 });
  const before = middle();
  eye.zoomStep(1.3);
  expect(middle().x).toBeCloseTo(before.x);
  expect(middle().y).toBeCloseTo(before.y);
});
