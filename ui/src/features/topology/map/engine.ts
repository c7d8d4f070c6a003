/**
 * The living map: owns the camera, the tiles and two canvases, and draws when something asks for it. Knows nothing of React;
 * a component gives it an element, pictures and colours, and is told what the person pointed at.
 */

import type { View } from "@/api/bindings/View";

import { drawRegion } from "../paint/region";
import { type Pen, forgetWidths } from "../paint/pen";
import type { Palette } from "../paint/theme";
import type { Applied } from "../picture/apply";
import { type Box, type Point, boundsOf, grown, overlaps } from "../picture/geometry";
import type { Picture } from "../picture/types";
import { narrowing } from "../view";
import { type Camera, type Size, between, centred, contains, fitted, held, leastScale, nudged, panned, revealing, toPlane, visible, zoomed } from "./camera";
import { listenForGestures } from "./gestures";
import { LEGIBLE, levelAt } from "./level";
import { GLOW_MILLIS, type Marks, drawOverlay } from "./overlay";
import { type Hit, Spatial } from "./spatial";
import { Tiles } from "./tiles";

export interface MapListener {
  camera: (camera: Camera) => void;
  hover: (hit: Hit | null, at: Point | null) => void;
  click: (hit: Hit | null) => void;
  double: (hit: Hit | null) => void;
  /** All that is on screen is drawn, sharp and up to date. */
  painted: () => void;
}

const SETTLE_MILLIS = 110;
const JUMP_MILLIS = 280;
/** The row of the zoom buttons, and the bar that says what the map is focused on. */
const CONTROLS_BELOW = 46;
const BAR_ABOVE = 52;
/** Beyond this many changed objects at once nothing glows: a first load or a whole rollout explains itself. */
const MOST_GLOWING = 200;

export class MapEngine {
  private readonly base: CanvasRenderingContext2D;
  private readonly over: CanvasRenderingContext2D;
  private readonly tiles = new Tiles((context, area, scale) => this.drawTile(context, area, scale));
  private readonly release: Array<() => void> = [];
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");
  private camera: Camera = { x: 0, y: 0, scale: 1 };
  private size: Size = { width: 0, height: 0 };
  private pixelRatio = 1;
  private indexed: Spatial | null = null;
  /** Received and not indexed yet: however many messages arrive between two frames, one index is built. */
  private pending: Picture | null = null;
  private icons = new Map<string, Path2D>();
  private marks: Marks = { selected: null, selectedLink: null, hover: null, traced: [], focused: false };
  private pressed: Hit | null = null;
  private glowing = new Map<string, number>();
  private jump: { from: Camera; to: Camera; started: number } | null = null;
  private scaledAt = 0;
  private asked = 0;
  private dirtyBase = true;
  private sharp = false;
  private overEmpty = false;
  /** Until the person moves the map, it stays fitted while the picture grows. */
  private untouched = true;
  /** What was brought into view last, and by which camera: a map that is made smaller keeps it there. */
  private reached: { ids: readonly string[]; camera: Camera } | null = null;
  /** A bar above names what the map is focused on. */
  private hasBar = false;
  /** How to look at the next whole picture, which shows something else than this one. */
  private expected: "fit" | "return" | "follow" | null = null;
  /** Where the eye was before the map was focused; null where it was fitted. */
  private beforeFocus: Camera | null = null;
  private readonly followers = new Set<(camera: Camera) => void>();
  private told: Camera | null = null;

  constructor(
    private readonly host: HTMLElement,
    canvas: HTMLCanvasElement,
    overlay: HTMLCanvasElement,
    private palette: Palette,
    private readonly listener: MapListener,
  ) {
    this.base = canvas.getContext("2d", { willReadFrequently: true, alpha: false }) as CanvasRenderingContext2D;
    this.over = overlay.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(host);
    this.release.push(() => observer.disconnect());
    this.release.push(
      listenForGestures(host, {
        pan: (dx, dy) => this.panBy(dx, dy),
        zoom: (factor, at) => this.zoomAt(factor, at),
        hover: (at) => this.hoverAt(at),
        press: (at) => {
          this.pressed = this.hitAt(at);
        },
        click: () => this.listener.click(this.pressed),
        double: (at) => this.listener.double(this.hitAt(at)),
        dragging: (active) => host.toggleAttribute("data-dragging", active),
      }),
    );
    this.resize();
    document.fonts?.ready.then(() => this.redraw());
  }

  destroy() {
    cancelAnimationFrame(this.asked);
    for (const release of this.release) release();
  }

  setPicture(applied: Applied, changed: readonly string[]) {
    const first = this.indexed === null && this.pending === null;
    this.pending = applied.picture;
    this.tiles.invalidate(applied.dirty, this.pixelRatio);
    if (applied.dirty === null && this.expected !== null) this.meet(applied.picture);
    else if (this.untouched && this.size.width > 0) this.setCamera(this.fitting(applied.picture.bounds));
    if (!first && !this.still.matches && changed.length <= MOST_GLOWING) {
      const until = performance.now() + GLOW_MILLIS;
      for (const key of changed) this.glowing.set(key, until);
    }
    this.ask(true);
  }

  setPalette(palette: Palette) {
    this.palette = palette;
    this.redraw();
  }

  setIcons(icons: Record<string, string[]>) {
    this.icons = new Map(Object.entries(icons).map(([id, paths]) => [id, joined(paths)]));
    this.redraw();
  }

  setMarks(marks: Partial<Marks>) {
    this.marks = { ...this.marks, ...marks };
    // The inspector takes room beside the map: what was just pointed at must not move for that.
    if (marks.selected != null || marks.selectedLink != null) this.untouched = false;
    this.ask(false);
  }

  onCamera(follower: (camera: Camera) => void): () => void {
    this.followers.add(follower);
    follower(this.camera);
    return () => this.followers.delete(follower);
  }

  get index(): Spatial | null {
    return this.spatial;
  }

  private get spatial(): Spatial | null {
    if (this.pending !== null) {
      this.indexed = new Spatial(this.pending);
      this.pending = null;
    }
    return this.indexed;
  }

  /** The camera to come back to; null while everything is fitted anyway. */
  get place(): Camera | null {
    return this.untouched ? null : this.camera;
  }

  standAt(camera: Camera) {
    this.untouched = false;
    this.setCamera(camera);
  }

  get view(): { camera: Camera; size: Size } {
    return { camera: this.camera, size: this.size };
  }

  fit() {
    this.untouched = true;
    if (this.spatial) this.goTo(this.fitting(this.spatial.picture.bounds));
  }

  /**
   * Another view has been asked for: its picture is shown as a whole. What ends a focus leads back to where that began, and
   * another lens lays the same objects out anew, where the eye stays with what is selected.
   */
  look(before: View | null, after: View) {
    this.hasBar = after.focus !== null;
    if (before === null || narrowing(before) === narrowing(after)) return;
    if (before.focus === null && after.focus !== null) this.beforeFocus = this.place;
    if (before.focus !== null && after.focus === null) this.expected = "return";
    else this.expected = before.lens === after.lens ? "fit" : "follow";
  }

  zoomStep(factor: number) {
    this.zoomAt(factor, { x: this.size.width / 2, y: this.size.height / 2 });
  }

  actualSize() {
    this.untouched = false;
    const middle = toPlane(this.camera, { x: this.size.width / 2, y: this.size.height / 2 });
    this.goTo(centred({ ...middle, width: 0, height: 0 }, this.size, 1));
  }

  panBy(dx: number, dy: number) {
    this.untouched = false;
    this.jump = null;
    this.setCamera(this.hold(panned(this.camera, dx, dy)));
  }

  /** Brings an object, block or frame into view; false where the picture does not have it. */
  reveal(id: string): boolean {
    const box = this.spatial?.boxOf(id);
    if (!box) return false;
    const isCard = this.spatial?.cardOf(id) !== undefined;
    const to = isCard ? revealing(this.camera, box, this.size, LEGIBLE) : this.fitting(box);
    this.reached = { ids: [id], camera: to };
    if (to !== this.camera) {
      this.untouched = false;
      this.goTo(to);
    }
    return true;
  }

  /** Brings all of these into view that the picture has; one alone as `reveal` does. */
  revealAll(ids: readonly string[]) {
    if (ids.length === 1) {
      this.reveal(ids[0] as string);
      return;
    }
    const boxes = ids.flatMap((id) => this.spatial?.boxOf(id) ?? []);
    if (boxes.length === 0) return;
    this.untouched = false;
    const corners = boxes.flatMap((box) => [box, { x: box.x + box.width, y: box.y + box.height }]);
    const to = this.fitting(grown(boundsOf(corners), 40));
    this.reached = { ids, camera: to };
    this.goTo(to);
  }

  centreOn(point: Point) {
    this.untouched = false;
    this.jump = null;
    this.setCamera(this.hold(centred({ ...point, width: 0, height: 0 }, this.size, this.camera.scale)));
  }

  private fitting(box: Box): Camera {
    // A window too low for map and controls shows the map.
    const inset = this.size.height < 300 ? undefined : { top: this.hasBar ? BAR_ABOVE : 0, bottom: CONTROLS_BELOW };
    return fitted(box, this.size, undefined, inset);
  }

  /** Looks at a picture of another view. */
  private meet(picture: Picture) {
    const to = this.expected === "return" ? this.beforeFocus : this.expected === "follow" ? this.onSelected() : null;
    this.expected = null;
    this.jump = null;
    this.untouched = to === null;
    this.setCamera(to ?? this.fitting(picture.bounds));
  }

  /** As near as now, with what is selected in the middle; null where nothing is, or everything is fitted. */
  private onSelected(): Camera | null {
    const box = this.untouched || this.marks.selected === null ? undefined : this.spatial?.boxOf(this.marks.selected);
    return box ? centred(box, this.size, this.camera.scale) : null;
  }

  private hold(camera: Camera): Camera {
    return this.spatial ? held(camera, this.spatial.picture.bounds, this.size) : camera;
  }

  private zoomAt(factor: number, at: Point) {
    this.untouched = false;
    this.jump = null;
    const least = this.spatial ? leastScale(this.spatial.picture.bounds, this.size) : 0;
    this.setCamera(this.hold(zoomed(this.camera, factor, at, least)));
  }

  private goTo(to: Camera) {
    if (this.still.matches) {
      this.setCamera(to);
      return;
    }
    this.jump = { from: this.camera, to, started: performance.now() };
    this.ask(true);
  }

  private setCamera(camera: Camera) {
    if (camera.scale !== this.camera.scale) this.scaledAt = performance.now();
    this.camera = camera;
    this.ask(true);
  }

  private hitAt(at: Point): Hit | null {
    return this.spatial?.hit(toPlane(this.camera, at), levelAt(this.camera.scale), this.camera.scale) ?? null;
  }

  private hoverAt(at: Point | null) {
    const hit = at === null ? null : this.hitAt(at);
    this.listener.hover(hit, at);
    if (sameHit(hit, this.marks.hover)) return;
    this.setMarks({ hover: hit });
  }

  private redraw() {
    forgetWidths();
    this.tiles.clear();
    this.ask(true);
  }

  private resize() {
    const box = this.host.getBoundingClientRect();
    const before = this.size;
    this.size = { width: Math.max(1, box.width), height: Math.max(1, box.height) };
    this.pixelRatio = Math.min(2, window.devicePixelRatio || 1);
    for (const { canvas } of [this.base, this.over]) {
      canvas.width = Math.round(this.size.width * this.pixelRatio);
      canvas.height = Math.round(this.size.height * this.pixelRatio);
    }
    if (this.untouched && this.spatial) this.setCamera(this.fitting(this.spatial.picture.bounds));
    else this.keepInSight(before);
    // Followers know what is seen by the camera and the size together.
    this.told = null;
    this.ask(true);
    // A resized canvas is blank until it is drawn; drawing at once keeps a dragged edge from flickering.
    this.drawFrame();
  }

  /**
   * A panel beside the map took room: what was brought into view is again, and what is selected stays in sight; a card as a
   * whole, also one that stood half beyond the edge when it was pressed, while a frame may be larger than the screen.
   */
  private keepInSight(before: Size) {
    const target = this.jump?.to ?? this.camera;
    if (this.reached?.camera === target) {
      const [id, ...more] = this.reached.ids;
      const box = id !== undefined && more.length === 0 && this.spatial?.cardOf(id) ? this.spatial.boxOf(id) : undefined;
      if (!box) return this.revealAll(this.reached.ids);
      const to = centred(box, this.size, target.scale);
      this.reached = { ids: this.reached.ids, camera: to };
      return this.goTo(to);
    }
    const { selected } = this.marks;
    const box = selected === null ? undefined : this.spatial?.boxOf(selected);
    if (selected === null || !box || contains(target, this.size, box)) return;
    const isCard = this.spatial?.cardOf(selected) !== undefined;
    const wasSeen = isCard ? overlaps(visible(target, before), box) : contains(target, before, box);
    if (wasSeen) this.goTo(nudged(target, this.size, box));
  }

  private ask(base: boolean) {
    if (base) {
      this.dirtyBase = true;
      this.sharp = false;
    }
    this.asked ||= requestAnimationFrame(() => this.drawFrame());
  }

  private drawFrame() {
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    this.advanceJump();
    this.tellCamera();
    const { spatial } = this;
    if (spatial === null) {
      this.base.fillStyle = this.palette.page;
      this.base.fillRect(0, 0, this.base.canvas.width, this.base.canvas.height);
      return;
    }
    if (this.dirtyBase) this.drawBase();
    else if (this.tiles.ahead(this.camera, this.size, this.pixelRatio)) this.ask(false);
    this.drawOver(spatial);
  }

  /** Once a frame, however many wheel events it took to get here. */
  private tellCamera() {
    if (this.told === this.camera) return;
    this.told = this.camera;
    this.listener.camera(this.camera);
    for (const follower of this.followers) follower(this.camera);
  }

  private advanceJump() {
    if (this.jump === null) return;
    const along = Math.min(1, (performance.now() - this.jump.started) / JUMP_MILLIS);
    const camera = along === 1 ? this.jump.to : between(this.jump.from, this.jump.to, along, this.size);
    if (along === 1) this.jump = null;
    this.setCamera(camera);
  }

  private drawBase() {
    const resting = this.jump === null && performance.now() - this.scaledAt > SETTLE_MILLIS;
    const sharp = this.tiles.paint(this.base, this.camera, this.size, this.pixelRatio, resting, this.palette.page);
    this.dirtyBase = !sharp;
    if (!sharp) this.asked ||= requestAnimationFrame(() => this.drawFrame());
    else if (!this.sharp) this.listener.painted();
    if (sharp) this.ask(false);
    this.sharp = sharp;
  }

  private drawOver(spatial: Spatial) {
    const { over, camera } = this;
    const now = performance.now();
    const glow = new Map<string, number>();
    const bare = this.marks.selected === null && this.marks.selectedLink === null && this.marks.hover === null && this.marks.traced.length === 0 && this.glowing.size === 0;
    // Clearing a canvas of a million pixels costs milliseconds: an empty overlay is left alone.
    if (bare && this.overEmpty) return;
    this.overEmpty = bare;
    const unit = camera.scale * this.pixelRatio;
    over.setTransform(1, 0, 0, 1, 0, 0);
    over.clearRect(0, 0, over.canvas.width, over.canvas.height);
    over.setTransform(unit, 0, 0, unit, -camera.x * unit, -camera.y * unit);
    for (const [key, until] of this.glowing) {
      if (until <= now) this.glowing.delete(key);
      else glow.set(key, (until - now) / GLOW_MILLIS);
    }
    drawOverlay(over, { spatial, marks: this.marks, palette: this.palette, level: levelAt(camera.scale), scale: camera.scale, glow });
    if (glow.size > 0) this.ask(false);
  }

  private drawTile(context: CanvasRenderingContext2D, area: Box, scale: number) {
    if (this.spatial === null) return;
    const pen: Pen = { context, scale, level: levelAt(scale), palette: this.palette, icons: this.icons };
    context.textBaseline = "alphabetic";
    context.fontKerning = "none";
    // Advances are not rounded to whole pixels: texts are as wide as the core measured them.
    context.textRendering = "geometricPrecision";
    drawRegion(pen, this.spatial, area);
  }
}

function joined(paths: readonly string[]): Path2D {
  const all = new Path2D();
  for (const path of paths) all.addPath(new Path2D(path));
  return all;
}

function sameHit(a: Hit | null, b: Hit | null): boolean {
  return a === b || (a !== null && b !== null && JSON.stringify(identity(a)) === JSON.stringify(identity(b)));
}

function identity(hit: Hit): unknown {
  return hit.sort === "link" ? [hit.sort, hit.from, hit.to] : hit;
}
