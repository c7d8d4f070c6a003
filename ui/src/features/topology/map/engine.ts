/**
 * The living map: owns the eye, the tiles and two canvases, and draws when something asks for it. Knows nothing of React;
 * a component gives it an element, pictures and colours, and is told what the person pointed at.
 */

import { drawRegion } from "../paint/region";
import { type Pen, forgetWidths } from "../paint/pen";
import type { Palette } from "../paint/theme";
import type { Applied } from "../picture/apply";
import type { Box, Point } from "../picture/geometry";
import type { Picture } from "../picture/types";
import { type Camera, toPlane } from "./camera";
import { Eye } from "./eye";
import { listenForGestures } from "./gestures";
import { levelAt } from "./level";
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

/** Beyond this many changed objects at once nothing glows: a first load or a whole rollout explains itself. */
const MOST_GLOWING = 200;

export class MapEngine {
  readonly eye: Eye;
  private readonly base: CanvasRenderingContext2D;
  private readonly over: CanvasRenderingContext2D;
  private readonly tiles = new Tiles((context, area, scale) => this.drawTile(context, area, scale));
  private readonly release: Array<() => void> = [];
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");
  private pixelRatio = 1;
  private indexed: Spatial | null = null;
  /** Received and not indexed yet: however many messages arrive between two frames, one index is built. */
  private pending: Picture | null = null;
  private icons = new Map<string, Path2D>();
  private marks: Marks = { selected: null, selectedLink: null, hover: null, joined: null, traced: [], governed: [], focused: false };
  private pressed: Hit | null = null;
  private glowing = new Map<string, number>();
  private asked = 0;
  private dirtyBase = true;
  private sharp = false;
  private overEmpty = false;
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
    this.eye = new Eye({
      spatial: () => this.index,
      selected: () => this.marks.selected,
      pointed: () => cardAt(this.marks.hover),
      still: () => this.still.matches,
      moved: () => this.ask(true),
      now: () => performance.now(),
    });
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(host);
    this.release.push(() => observer.disconnect());
    this.release.push(
      listenForGestures(host, {
        pan: (dx, dy) => this.eye.panBy(dx, dy),
        zoom: (factor, at) => this.eye.zoomAt(factor, at),
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
    this.eye.meet(applied.picture.bounds, applied.dirty === null);
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
    if (marks.selected != null || marks.selectedLink != null) this.eye.hold();
    this.ask(false);
  }

  onCamera(follower: (camera: Camera) => void): () => void {
    this.followers.add(follower);
    follower(this.eye.camera);
    return () => this.followers.delete(follower);
  }

  get index(): Spatial | null {
    if (this.pending !== null) {
      this.indexed = new Spatial(this.pending);
      this.pending = null;
    }
    return this.indexed;
  }

  private hitAt(at: Point): Hit | null {
    const { camera } = this.eye;
    return this.index?.hit(toPlane(camera, at), levelAt(camera.scale), camera.scale) ?? null;
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
    const size = { width: Math.max(1, box.width), height: Math.max(1, box.height) };
    this.pixelRatio = Math.min(2, window.devicePixelRatio || 1);
    for (const { canvas } of [this.base, this.over]) {
      canvas.width = Math.round(size.width * this.pixelRatio);
      canvas.height = Math.round(size.height * this.pixelRatio);
    }
    this.eye.resize(size);
    // Followers know what is seen by the camera and the size together.
    this.told = null;
    this.ask(true);
    // A resized canvas is blank until it is drawn; drawing at once keeps a dragged edge from flickering.
    this.drawFrame();
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
    this.eye.advance();
    this.tellCamera();
    const spatial = this.index;
    if (spatial === null) {
      this.base.fillStyle = this.palette.page;
      this.base.fillRect(0, 0, this.base.canvas.width, this.base.canvas.height);
      return;
    }
    if (this.dirtyBase) this.drawBase();
    else if (this.tiles.ahead(this.eye.camera, this.eye.size, this.pixelRatio)) this.ask(false);
    this.drawOver(spatial);
  }

  /** Once a frame, however many wheel events it took to get here. */
  private tellCamera() {
    const { camera } = this.eye;
    if (this.told === camera) return;
    this.told = camera;
    this.listener.camera(camera);
    for (const follower of this.followers) follower(camera);
  }

  private drawBase() {
    const { camera, size, isResting } = this.eye;
    const sharp = this.tiles.paint(this.base, camera, size, this.pixelRatio, isResting, this.palette.page);
    this.dirtyBase = !sharp;
    if (!sharp) this.asked ||= requestAnimationFrame(() => this.drawFrame());
    else if (!this.sharp) this.listener.painted();
    if (sharp) this.ask(false);
    this.sharp = sharp;
  }

  private drawOver(spatial: Spatial) {
    const { over } = this;
    const { camera } = this.eye;
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
    const spatial = this.index;
    if (spatial === null) return;
    const pen: Pen = { context, scale, level: levelAt(scale), palette: this.palette, icons: this.icons };
    context.textBaseline = "alphabetic";
    context.fontKerning = "none";
    // Advances are not rounded to whole pixels: texts are as wide as the core measured them.
    context.textRendering = "geometricPrecision";
    drawRegion(pen, spatial, area);
  }
}

function joined(paths: readonly string[]): Path2D {
  const all = new Path2D();
  for (const path of paths) all.addPath(new Path2D(path));
  return all;
}

/** The card that the pointer is on. */
function cardAt(hit: Hit | null): string | null {
  if (hit?.sort === "card") return hit.key;
  return hit?.sort === "pod" || hit?.sort === "badge" ? hit.card : null;
}

function sameHit(a: Hit | null, b: Hit | null): boolean {
  return a === b || (a !== null && b !== null && JSON.stringify(identity(a)) === JSON.stringify(identity(b)));
}

function identity(hit: Hit): unknown {
  return hit.sort === "link" ? [hit.sort, hit.from, hit.to] : hit;
}
