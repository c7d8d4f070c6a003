/** What every painter is handed: the context, the scale, and texts that know their width. */

import type { Level } from "../map/level";
import type { Box } from "../picture/geometry";
import { type Palette, type ShapeName, type TextName, shapes, texts } from "./theme";

export interface Pen {
  context: CanvasRenderingContext2D;
  /** Screen pixels per unit, device pixels aside. */
  scale: number;
  level: Level;
  palette: Palette;
  icons: Map<string, Path2D>;
}

export type Face = "regular" | "semibold" | "mono";

export function setFont(pen: Pen, face: Face, size: number) {
  const weight = face === "semibold" ? 600 : 400;
  pen.context.font = `${weight} ${size}px ${face === "mono" ? pen.palette.mono : pen.palette.sans}`;
}

/** Sets face and colour of a text of this kind; its natural size unless another is asked for. */
export function setText(pen: Pen, name: TextName, size = texts[name].size) {
  setFont(pen, texts[name].face, size);
  pen.context.fillStyle = pen.palette[texts[name].colour];
}

/** Fills and strokes a path, else the current one, as files draw a shape of this kind. */
export function paintShape(pen: Pen, name: ShapeName, path?: Path2D) {
  const { context, palette } = pen;
  const { fill, stroke, width, dash, round } = shapes[name];
  if (fill !== null) {
    context.fillStyle = palette[fill];
    if (path) context.fill(path);
    else context.fill();
  }
  if (stroke === null) return;
  context.strokeStyle = palette[stroke];
  context.lineWidth = lineWidth(pen, width);
  context.lineCap = round ? "round" : "butt";
  context.lineJoin = round ? "round" : "miter";
  context.setLineDash([...dash]);
  if (path) context.stroke(path);
  else context.stroke();
  context.setLineDash([]);
}

/** A box whose line of one pixel falls on whole pixels. */
export function crispBox(context: CanvasRenderingContext2D, { x, y, width, height }: Box, radius: number) {
  roundedBox(context, x + 0.5, y + 0.5, width - 1, height - 1, radius);
}

const widths = new Map<string, number>();
const MOST_WIDTHS = 50_000;
let faces = 0;

/** Forgets all measures: the faces have been loaded, or changed. */
export function forgetWidths() {
  widths.clear();
  faces += 1;
}

/** How often measures have been forgotten: what was made from older ones is to be made again. */
export function facesMeasured(): number {
  return faces;
}

export function widthOf(pen: Pen, text: string): number {
  const key = `${pen.context.font}|${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (widths.size >= MOST_WIDTHS) widths.clear();
  const width = pen.context.measureText(text).width;
  widths.set(key, width);
  return width;
}

/** The text itself, or its ends around an ellipsis (its start, for sentences); nothing where not even three letters fit. */
export function fitted(pen: Pen, text: string, most: number, cut: "middle" | "end" = "middle"): string {
  if (widthOf(pen, text) <= most) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (widthOf(pen, shortened(text, middle, cut)) <= most) low = middle;
    else high = middle - 1;
  }
  return low >= 3 ? shortened(text, low, cut) : "";
}

/** `letters` letters of a text, more of its start than of its end. */
function shortened(text: string, letters: number, cut: "middle" | "end"): string {
  if (letters >= text.length) return text;
  const tail = cut === "end" ? 0 : Math.min(Math.floor(letters / 3), 6);
  return `${text.slice(0, letters - tail)}…${tail === 0 ? "" : text.slice(-tail)}`;
}

export function roundedBox(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number) {
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(radius, width / 2, height / 2));
}

/** A line at least as wide as `pixels` on screen, and `natural` units where that is wider. */
export function lineWidth(pen: Pen, natural: number, pixels = 0.8): number {
  return Math.max(natural, pixels / pen.scale);
}
