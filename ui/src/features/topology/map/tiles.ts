/**
 * Cached squares of the drawn plane, so that panning is copying. A set of tiles belongs to one scale; while the eye zooms
 * the old set is shown stretched, and when it rests a new set is drawn over it, a few milliseconds' worth per frame.
 *
 * All canvases ask for `willReadFrequently`: in a web view without a GPU that keeps them in main memory and makes drawing
 * three to eight times faster (measured in WebKitGTK, `reference/drawing-and-export.md`).
 */

import { type Box, type Point, overlaps } from "../picture/geometry";
import type { Camera, Size } from "./camera";

/** Device pixels per side. */
const TILE = 256;
const MOST_TILES = 256;
/** Of a frame; a tile that would probably not be done in time waits for the next one. */
const BUDGET_MILLIS = 9;

interface Tile {
  column: number;
  row: number;
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
  dirty: boolean;
  /** Frame in which it was last on screen. */
  seen: number;
}

interface TileSet {
  scale: number;
  tiles: Map<string, Tile>;
}

export type DrawTile = (context: CanvasRenderingContext2D, area: Box, scale: number) => void;

export class Tiles {
  private current: TileSet | null = null;
  private previous: TileSet | null = null;
  private spare: HTMLCanvasElement[] = [];
  private frame = 0;
  /** What a tile costs, in milliseconds, as the latest ones did. */
  private cost = 0;
  private eye: Camera | null = null;

  constructor(private readonly draw: DrawTile) {}

  /** Marks what overlaps these areas (all where null) to be drawn again; what is on screen stays until it is. */
  invalidate(areas: readonly Box[] | null, pixelRatio: number) {
    for (const set of [this.current, this.previous]) {
      if (set === null) continue;
      for (const tile of set.tiles.values()) {
        const area = areaOf(tile, set.scale, pixelRatio);
        if (areas === null || areas.some((each) => overlaps(each, area))) tile.dirty = true;
      }
    }
  }

  /** Throws all tiles away: colours or the picture as a whole changed. */
  clear() {
    for (const set of [this.current, this.previous]) this.retire(set);
    this.current = null;
    this.previous = null;
  }

  /**
   * Paints the view; answers whether everything on screen is sharp and up to date. `resting` says that the scale stands
   * still, and that a new set is worth its price.
   */
  paint(target: CanvasRenderingContext2D, camera: Camera, size: Size, pixelRatio: number, resting: boolean, page: string): boolean {
    this.frame += 1;
    if (this.current === null || (resting && this.current.scale !== camera.scale)) this.begin(camera.scale);
    const set = this.current as TileSet;
    const exact = set.scale === camera.scale;
    const sharp = exact ? this.fill(set, camera, size, pixelRatio) : false;
    if (!sharp) {
      // Tiles that cover the whole screen need nothing behind them.
      target.fillStyle = page;
      target.fillRect(0, 0, target.canvas.width, target.canvas.height);
    }
    if (!sharp && this.previous !== null) blit(target, this.previous, camera, size, pixelRatio);
    blit(target, set, camera, size, pixelRatio, this.frame);
    if (sharp && this.previous !== null) {
      this.retire(this.previous);
      this.previous = null;
    }
    // While the map moves, what it is moving to is drawn before it comes into view.
    const moved = exact && this.eye !== null && this.eye.scale === camera.scale ? { x: camera.x - this.eye.x, y: camera.y - this.eye.y } : null;
    if (sharp && moved !== null && (moved.x !== 0 || moved.y !== 0)) this.ahead(camera, size, pixelRatio, moved);
    this.eye = camera;
    this.evict(set);
    return sharp;
  }

  /**
   * Draws one tile just beyond the screen, if one is lacking: where a pan will lead, or on all sides while it rests. True
   * where there may be more.
   */
  ahead(camera: Camera, size: Size, pixelRatio: number, moved: Point | null = null): boolean {
    const set = this.current;
    if (set === null || set.scale !== camera.scale || set.tiles.size >= MOST_TILES) return false;
    const margin = TILE / (pixelRatio * camera.scale);
    const reach = (by: number) => ({ before: moved === null || by < 0 ? margin : 0, after: moved === null || by > 0 ? margin : 0 });
    const [across, down] = [reach(moved?.x ?? 0), reach(moved?.y ?? 0)];
    const wide = { width: size.width + (across.before + across.after) * camera.scale, height: size.height + (down.before + down.after) * camera.scale };
    const eye = { scale: camera.scale, x: camera.x - across.before, y: camera.y - down.before };
    const lacking = wanted(eye, wide, pixelRatio).find(({ column, row }) => !set.tiles.has(`${column}:${row}`));
    if (lacking === undefined) return false;
    this.drawInto(set, this.make(lacking.column, lacking.row), pixelRatio);
    return true;
  }

  private begin(scale: number) {
    // The set that covers more of the screen is the better backdrop while the new one fills.
    if (this.current !== null) {
      if (this.previous === null || this.current.tiles.size >= this.previous.tiles.size) {
        this.retire(this.previous);
        this.previous = this.current;
      } else {
        this.retire(this.current);
      }
    }
    this.current = { scale, tiles: new Map() };
  }

  private fill(set: TileSet, camera: Camera, size: Size, pixelRatio: number): boolean {
    const started = performance.now();
    let complete = true;
    let drawn = 0;
    for (const { column, row } of wanted(camera, size, pixelRatio)) {
      const key = `${column}:${row}`;
      let tile = set.tiles.get(key);
      if (tile !== undefined && !tile.dirty) continue;
      const late = performance.now() - started + this.cost > BUDGET_MILLIS;
      // One at least, so that it comes to an end; all of them for the first picture.
      if (!complete || (late && drawn > 0 && this.frame > 1)) {
        complete = false;
        continue;
      }
      tile ??= this.make(column, row);
      this.drawInto(set, tile, pixelRatio);
      drawn += 1;
    }
    return complete;
  }

  private drawInto(set: TileSet, tile: Tile, pixelRatio: number) {
    set.tiles.set(`${tile.column}:${tile.row}`, tile);
    tile.dirty = false;
    const unit = set.scale * pixelRatio;
    tile.context.setTransform(unit, 0, 0, unit, -tile.column * TILE, -tile.row * TILE);
    const started = performance.now();
    this.draw(tile.context, areaOf(tile, set.scale, pixelRatio), set.scale);
    this.cost += (performance.now() - started - this.cost) / 4;
  }

  private make(column: number, row: number): Tile {
    const canvas = this.spare.pop() ?? document.createElement("canvas");
    if (canvas.width !== TILE) {
      canvas.width = TILE;
      canvas.height = TILE;
    }
    const context = canvas.getContext("2d", { willReadFrequently: true, alpha: false }) as CanvasRenderingContext2D;
    return { column, row, canvas, context, dirty: true, seen: this.frame };
  }

  private retire(set: TileSet | null) {
    if (set === null) return;
    for (const tile of set.tiles.values()) this.spare.push(tile.canvas);
    this.spare.length = Math.min(this.spare.length, 64);
    set.tiles.clear();
  }

  private evict(set: TileSet) {
    if (set.tiles.size <= MOST_TILES) return;
    const oldest = [...set.tiles].toSorted(([, a], [, b]) => a.seen - b.seen).slice(0, set.tiles.size - MOST_TILES);
    for (const [key, tile] of oldest) {
      if (tile.seen === this.frame) continue;
      set.tiles.delete(key);
      this.spare.push(tile.canvas);
    }
  }
}

function areaOf(tile: { column: number; row: number }, scale: number, pixelRatio: number): Box {
  const side = TILE / (scale * pixelRatio);
  return { x: tile.column * side, y: tile.row * side, width: side, height: side };
}

/** The tiles on screen, from the middle outwards. */
export function wanted(camera: Camera, size: Size, pixelRatio: number): Array<{ column: number; row: number }> {
  const unit = camera.scale * pixelRatio;
  const left = Math.floor((camera.x * unit) / TILE);
  const top = Math.floor((camera.y * unit) / TILE);
  const right = Math.floor((camera.x * unit + size.width * pixelRatio - 1) / TILE);
  const bottom = Math.floor((camera.y * unit + size.height * pixelRatio - 1) / TILE);
  const tiles: Array<{ column: number; row: number }> = [];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) tiles.push({ column, row });
  }
  const middleColumn = (left + right) / 2;
  const middleRow = (top + bottom) / 2;
  const distance = (tile: { column: number; row: number }) => Math.abs(tile.column - middleColumn) + Math.abs(tile.row - middleRow);
  return tiles.toSorted((a, b) => distance(a) - distance(b) || a.row - b.row || a.column - b.column);
}

function blit(target: CanvasRenderingContext2D, set: TileSet, camera: Camera, size: Size, pixelRatio: number, frame?: number) {
  const stretch = camera.scale / set.scale;
  const unit = camera.scale * pixelRatio;
  const offsetX = Math.round(camera.x * unit);
  const offsetY = Math.round(camera.y * unit);
  const side = TILE * stretch;
  const width = size.width * pixelRatio;
  const height = size.height * pixelRatio;
  for (const tile of set.tiles.values()) {
    const x = Math.round(tile.column * side) - offsetX;
    const y = Math.round(tile.row * side) - offsetY;
    const right = Math.round((tile.column + 1) * side) - offsetX;
    const bottom = Math.round((tile.row + 1) * side) - offsetY;
    if (right <= 0 || bottom <= 0 || x >= width || y >= height) continue;
    if (frame !== undefined) tile.seen = frame;
    if (stretch === 1) target.drawImage(tile.canvas, x, y);
    else target.drawImage(tile.canvas, x, y, right - x, bottom - y);
  }
}
