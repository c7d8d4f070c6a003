/** Where the eye is: which point of the plane stands at the top left of the screen, and how large a unit is there. Pure. */

import { type Box, type Point, grown } from "../picture/geometry";

export interface Camera extends Point {
  /** Screen pixels per unit. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Strips of the screen that controls take, which what is fitted keeps clear of; in pixels. */
interface Inset {
  top: number;
  bottom: number;
}

const MAX_SCALE = 3;
const MIN_SCALE = 0.005;
const FIT_MARGIN = 14;
const NO_INSET: Inset = { top: 0, bottom: 0 };
/** A small picture is not blown up beyond its natural size when fitted. */
const FIT_MAX = 1;

export function toScreen(camera: Camera, point: Point): Point {
  return { x: (point.x - camera.x) * camera.scale, y: (point.y - camera.y) * camera.scale };
}

export function toPlane(camera: Camera, point: Point): Point {
  return { x: point.x / camera.scale + camera.x, y: point.y / camera.scale + camera.y };
}

export function visible(camera: Camera, size: Size): Box {
  return { x: camera.x, y: camera.y, width: size.width / camera.scale, height: size.height / camera.scale };
}

export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale };
}

/** Zooms by a factor so that what is under `at` (screen) stays there. */
export function zoomed(camera: Camera, factor: number, at: Point, minimum: number): Camera {
  const scale = Math.min(MAX_SCALE, Math.max(Math.max(MIN_SCALE, minimum), camera.scale * factor));
  const point = toPlane(camera, at);
  return { scale, x: point.x - at.x / scale, y: point.y - at.y / scale };
}

/** The camera that shows all of `box` in the middle of what the controls leave free. */
export function fitted(box: Box, size: Size, most = FIT_MAX, inset = NO_INSET): Camera {
  const free = { width: size.width, height: size.height - inset.top - inset.bottom };
  const width = Math.max(1, free.width - 2 * FIT_MARGIN);
  const height = Math.max(1, free.height - 2 * FIT_MARGIN);
  const scale = Math.max(MIN_SCALE, Math.min(most, width / Math.max(1, box.width), height / Math.max(1, box.height)));
  const camera = centred(box, free, scale);
  return { ...camera, y: camera.y - inset.top / scale };
}

export function centred(box: Box, size: Size, scale: number): Camera {
  return {
    scale,
    x: box.x + box.width / 2 - size.width / scale / 2,
    y: box.y + box.height / 2 - size.height / scale / 2,
  };
}

/** Keeps at least a strip of the picture on screen. */
export function held(camera: Camera, bounds: Box, size: Size): Camera {
  const strip = 80 / camera.scale;
  const width = size.width / camera.scale;
  const height = size.height / camera.scale;
  return {
    scale: camera.scale,
    x: Math.min(bounds.x + bounds.width - strip, Math.max(bounds.x - width + strip, camera.x)),
    y: Math.min(bounds.y + bounds.height - strip, Math.max(bounds.y - height + strip, camera.y)),
  };
}

/** Beyond the edge of the map there may be room for a bar or a button, in pixels, and no more. */
const EDGE = 60;

/** The camera of the same scale that shows no void where there is map to show; a map that is smaller stands in the middle. */
export function filling(camera: Camera, bounds: Box, size: Size): Camera {
  const seen = visible(camera, size);
  const { x, y, width, height } = grown(bounds, EDGE / camera.scale);
  const within = (at: number, room: number, from: number, length: number) => (room >= length ? from + (length - room) / 2 : Math.min(from + length - room, Math.max(from, at)));
  return { scale: camera.scale, x: within(seen.x, seen.width, x, width), y: within(seen.y, seen.height, y, height) };
}

/** Whether all of `box` is on the screen. */
export function contains(camera: Camera, size: Size, box: Box): boolean {
  const seen = visible(camera, size);
  return box.x >= seen.x && box.y >= seen.y && box.x + box.width <= seen.x + seen.width && box.y + box.height <= seen.y + seen.height;
}

/** The nearest camera of the same scale that shows `box` with a margin around it, as far as it fits. */
export function nudged(camera: Camera, size: Size, box: Box): Camera {
  const seen = visible(camera, size);
  const wide = grown(box, 24 / camera.scale);
  const within = (from: number, room: number, start: number, length: number) => (start + length > from + room ? Math.min(start, start + length - room) : Math.min(from, start));
  return { scale: camera.scale, x: within(seen.x, seen.width, wide.x, wide.width), y: within(seen.y, seen.height, wide.y, wide.height) };
}

/** The smallest scale worth having: a third of what fits. */
export function leastScale(bounds: Box, size: Size): number {
  return fitted(bounds, size).scale / 3;
}

/** Between two cameras, `along` from 0 to 1; scales in even steps of proportion, so that the motion looks steady. */
export function between(from: Camera, to: Camera, along: number, size: Size): Camera {
  const eased = 1 - (1 - along) ** 3;
  const scale = from.scale * (to.scale / from.scale) ** eased;
  const middle = (camera: Camera) => toPlane(camera, { x: size.width / 2, y: size.height / 2 });
  const a = middle(from);
  const b = middle(to);
  const x = a.x + (b.x - a.x) * eased;
  const y = a.y + (b.y - a.y) * eased;
  return { scale, x: x - size.width / scale / 2, y: y - size.height / scale / 2 };
}

/** A camera near this one that shows `box`; the same one where it is on screen already and legible. */
export function revealing(camera: Camera, box: Box, size: Size, legible: number): Camera {
  const scale = Math.max(camera.scale, legible);
  const margin = 40 / scale;
  const seen = visible(camera, size);
  const inside =
    box.x - margin >= seen.x &&
    box.y - margin >= seen.y &&
    box.x + box.width + margin <= seen.x + seen.width &&
    box.y + box.height + margin <= seen.y + seen.height;
  if (inside && camera.scale >= legible) return camera;
  const most = Math.min(scale, fitted(box, size, MAX_SCALE).scale);
  return centred(box, size, most);
}
