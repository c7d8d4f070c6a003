/**
 * Where the eye stands on the plane, and what moves it: the person's hand, what is to be fitted, found, kept in sight or
 * returned to. Knows the places of things and nothing of canvases.
 */

import type { View } from "@/api/bindings/View";

import { type Box, type Point, boundsOf, grown, overlaps } from "../picture/geometry";
import { filtersOf } from "../view";
import { type Camera, type Size, between, centred, contains, filling, fitted, held, leastScale, nudged, panned, revealing, toPlane, toScreen, visible, zoomed } from "./camera";
import { LEGIBLE } from "./level";
import type { Spatial } from "./spatial";

const SETTLE_MILLIS = 110;
const JUMP_MILLIS = 280;
/** The row of the zoom buttons, and the bar that says what the map is focused on. */
const CONTROLS_BELOW = 46;
const BAR_ABOVE = 52;

interface Surroundings {
  /** What is on the plane at this moment; null before the first picture. */
  spatial: () => Spatial | null;
  /** The one thing that is selected. */
  selected: () => string | null;
  /** What the pointer is on. */
  pointed: () => string | null;
  /** Whether motion is unwelcome: then it is there at once. */
  still: () => boolean;
  /** Something has to be drawn anew. */
  moved: () => void;
  now: () => number;
}

export class Eye {
  private at: Camera = { x: 0, y: 0, scale: 1 };
  private room: Size = { width: 0, height: 0 };
  private jump: { from: Camera; to: Camera; started: number } | null = null;
  private scaledAt = 0;
  /** Until the person moves the map, it stays fitted while the picture grows. */
  private untouched = true;
  /** What was brought into view last, and by which camera: a map that is made smaller keeps it there. */
  private reached: { ids: readonly string[]; camera: Camera } | null = null;
  /** A bar above names what the map is focused on. */
  private hasBar = false;
  /** How to look at the next whole picture, which shows something else than this one. */
  private expected: "fit" | "return" | "stay" | null = null;
  /** What is to be on the same place of the screen in the picture that is to come, and where it stood on the plane. */
  private anchor: { id: string; box: Box } | null = null;
  /** The camera that fitted everything when some of it was filtered away. */
  private wholeFitted: Camera | null = null;
  private isNarrowed = false;
  /** Where the eye was before the map was focused; null where it was fitted. */
  private beforeFocus: Camera | null = null;

  constructor(private readonly around: Surroundings) {}

  get camera(): Camera {
    return this.at;
  }

  get size(): Size {
    return this.room;
  }

  /** The camera to come back to; null while everything is fitted anyway. */
  get place(): Camera | null {
    return this.untouched ? null : this.at;
  }

  /** Whether the scale has stood still long enough for what is drawn at it to be worth its price. */
  get isResting(): boolean {
    return this.jump === null && this.around.now() - this.scaledAt > SETTLE_MILLIS;
  }

  standAt(camera: Camera) {
    this.untouched = false;
    this.setCamera(camera);
  }

  /** To where it stood at another time, in the picture that is to come, if one is; null fits everything. */
  comeTo(camera: Camera | null) {
    if (this.expected !== null) {
      this.expected = "return";
      this.beforeFocus = camera;
    } else if (camera) this.standAt(camera);
    else this.fit();
  }

  /** Stays where it is, whatever is drawn. */
  hold() {
    this.untouched = false;
  }

  fit() {
    this.untouched = true;
    const spatial = this.around.spatial();
    if (spatial) this.goTo(this.fitting(spatial.picture.bounds));
  }

  /**
   * About the middle; what was gone to stays what is looked at: at the edge of the map it stands beside the middle, and the
   * nearer the eye is, the closer to the middle it comes.
   */
  zoomStep(factor: number) {
    const middle = { x: this.room.width / 2, y: this.room.height / 2 };
    const { reached } = this;
    const spatial = this.around.spatial();
    const [id, ...more] = reached?.camera === this.at ? reached.ids : [];
    const box = id !== undefined && more.length === 0 && spatial?.cardOf(id) ? spatial.boxOf(id) : undefined;
    if (!box || id === undefined) return this.zoomAt(factor, middle);
    this.zoomAt(factor, toScreen(this.at, { x: box.x + box.width / 2, y: box.y + box.height / 2 }));
    this.setCamera(this.filling(centred(box, this.room, this.at.scale)));
    this.reached = { ids: [id], camera: this.at };
  }

  zoomAt(factor: number, at: Point) {
    const bounds = this.around.spatial()?.picture.bounds;
    this.moveTo(zoomed(this.at, factor, at, bounds ? leastScale(bounds, this.room) : 0));
  }

  actualSize() {
    this.untouched = false;
    const middle = toPlane(this.at, { x: this.room.width / 2, y: this.room.height / 2 });
    this.goTo(centred({ ...middle, width: 0, height: 0 }, this.room, 1));
  }

  panBy(dx: number, dy: number) {
    this.moveTo(panned(this.at, dx, dy));
  }

  centreOn(point: Point) {
    this.moveTo(centred({ ...point, width: 0, height: 0 }, this.room, this.at.scale));
  }

  /** Brings all of these into view that the picture has: a card so that it can be read, anything else as a whole. */
  reveal(...ids: readonly string[]) {
    const spatial = this.around.spatial();
    const boxes = ids.flatMap((id) => spatial?.boxOf(id) ?? spatial?.badgeOf(id) ?? []);
    const [box, ...more] = boxes;
    if (!spatial || !box) return;
    const isCard = ids.length === 1 && isSmall(spatial, ids[0] as string);
    const corners = boxes.flatMap((each) => [each, { x: each.x + each.width, y: each.y + each.height }]);
    const wanted = isCard ? revealing(this.at, box, this.room, LEGIBLE) : this.fitting(more.length === 0 ? box : grown(boundsOf(corners), 40));
    const to = wanted === this.at ? wanted : this.filling(wanted);
    this.reached = { ids, camera: to };
    if (to === this.at) return;
    this.untouched = false;
    this.goTo(to);
  }

  /**
   * Another view has been asked for. What is near something is shown as a whole, and its end leads back to where that began.
   * Whatever else is shown stands where it stood: so does the eye, by what the pointer is on or what is selected.
   */
  expect(before: View | null, after: View) {
    this.hasBar = after.focus !== null;
    this.isNarrowed = filtersOf(after) > 0;
    if (before === null) return;
    const isFocused = before.focus !== after.focus || before.depth !== after.depth;
    const hasOtherPlaces = before.namespaces.join() !== after.namespaces.join() && this.untouched;
    if (before.focus === null && after.focus !== null) this.beforeFocus = this.place;
    if (before.focus !== null && after.focus === null) this.expected = "return";
    else this.expected = isFocused || hasOtherPlaces ? "fit" : "stay";
    this.anchor = this.anchored();
  }

  /** A picture has arrived; `whole` where it is no change of the last one. */
  meet(bounds: Box, whole: boolean) {
    if (whole && this.expected === "stay") {
      this.expected = null;
      this.stay(bounds);
    } else if (whole && this.expected !== null) {
      const to = this.expected === "return" ? this.beforeFocus : null;
      this.expected = null;
      this.jump = null;
      this.untouched = to === null;
      this.setCamera(to ?? this.fitting(bounds));
    } else if (this.untouched && this.room.width > 0) {
      this.setCamera(this.fitting(bounds));
    }
  }

  resize(size: Size) {
    const before = this.room;
    this.room = size;
    const spatial = this.around.spatial();
    // What is asked for keeps the scale, also where a panel that comes with it takes room.
    if (this.expected === "stay") return;
    if (this.untouched && spatial) this.setCamera(this.fitting(spatial.picture.bounds));
    else this.keepInSight(before);
  }

  /** Goes on with what it is about to reach. */
  advance() {
    if (this.jump === null) return;
    const { from, to, started } = this.jump;
    const along = Math.min(1, (this.around.now() - started) / JUMP_MILLIS);
    if (along === 1) this.jump = null;
    this.setCamera(along === 1 ? to : between(from, to, along, this.room));
  }

  /**
   * A panel beside the map took room: what was brought into view is again, and what is selected stays in sight; a card as a
   * whole, also one that stood half beyond the edge when it was pressed, while a frame may be larger than the screen.
   */
  private keepInSight(before: Size) {
    const target = this.jump?.to ?? this.at;
    const spatial = this.around.spatial();
    if (this.reached?.camera === target) {
      const { ids } = this.reached;
      const [id] = ids;
      const box = ids.length === 1 && id !== undefined && spatial && isSmall(spatial, id) ? (spatial.boxOf(id) ?? spatial.badgeOf(id)) : undefined;
      if (!box) return this.reveal(...ids);
      const to = this.filling(centred(box, this.room, target.scale));
      this.reached = { ids, camera: to };
      return this.goTo(to);
    }
    const selected = this.around.selected();
    const box = selected === null ? undefined : spatial?.boxOf(selected);
    if (selected === null || !box || contains(target, this.room, box)) return;
    const wasSeen = spatial?.cardOf(selected) ? overlaps(visible(target, before), box) : contains(target, before, box);
    if (wasSeen) this.goTo(nudged(target, this.room, box));
  }

  private filling(camera: Camera): Camera {
    const bounds = this.around.spatial()?.picture.bounds;
    return bounds ? filling(camera, bounds, this.room) : camera;
  }

  private fitting(box: Box): Camera {
    // A window too low for map and controls shows the map.
    const inset = this.room.height < 300 ? undefined : { top: this.hasBar ? BAR_ABOVE : 0, bottom: CONTROLS_BELOW };
    return fitted(box, this.room, undefined, inset);
  }

  /** What the pointer is on, else what is selected, if that is in sight. */
  private anchored(): { id: string; box: Box } | null {
    const spatial = this.around.spatial();
    for (const id of [this.around.pointed(), this.around.selected()]) {
      const box = id === null ? undefined : spatial?.boxOf(id);
      if (id !== null && box && overlaps(visible(this.at, this.room), box)) return { id, box };
    }
    return null;
  }

  /** The same scale and place; everything, where nothing of it is to be seen there. */
  private stay(bounds: Box) {
    const { anchor } = this;
    const spatial = this.around.spatial();
    const box = anchor === null ? undefined : spatial?.boxOf(anchor.id);
    if (this.untouched) this.wholeFitted = this.at;
    if (anchor && box && (box.x !== anchor.box.x || box.y !== anchor.box.y)) {
      this.jump = null;
      this.setCamera({ ...this.at, x: this.at.x + box.x - anchor.box.x, y: this.at.y + box.y - anchor.box.y });
    }
    const seen = visible(this.at, this.room);
    const blocks = [...(spatial?.picture.blocks.values() ?? [])];
    if (blocks.length > 0 && !blocks.some((block) => overlaps(seen, block.box))) {
      this.jump = null;
      this.setCamera(this.fitting(bounds));
    }
    this.untouched = !this.isNarrowed && this.at === this.wholeFitted;
  }

  /** By hand: at once, and not beyond the edge of what there is. */
  private moveTo(camera: Camera) {
    this.untouched = false;
    this.jump = null;
    const bounds = this.around.spatial()?.picture.bounds;
    this.setCamera(bounds ? held(camera, bounds, this.room) : camera);
  }

  private goTo(to: Camera) {
    if (this.around.still()) {
      this.setCamera(to);
      return;
    }
    this.jump = { from: this.at, to, started: this.around.now() };
    this.around.moved();
  }

  private setCamera(camera: Camera) {
    if (camera.scale !== this.at.scale) this.scaledAt = this.around.now();
    this.at = camera;
    this.around.moved();
  }
}

/** Whether it is shown so that it can be read, and not as a whole: a card, or the pill of what has none. */
function isSmall(spatial: Spatial, id: string): boolean {
  return spatial.boxOf(id) === undefined || spatial.cardOf(id) !== undefined;
}
