/** States as shapes: the round marks of cards and frames, the squares of pods. Shape and colour always say the same. */

import { type Health, MARKS, asHealth } from "@/components";

import { POD } from "../picture/types";
import { type Pen, roundedBox } from "./pen";
import { healthColour } from "./theme";

const paths = new Map<Health, Path2D>();

/** Draws the mark of a state around a centre; `radius` is half the side of its field. */
export function drawMark(pen: Pen, health: Health, x: number, y: number, radius: number) {
  const { context } = pen;
  const mark = MARKS[health];
  let path = paths.get(health);
  if (path === undefined) {
    path = new Path2D(mark.path);
    paths.set(health, path);
  }
  const colour = healthColour(pen.palette, health);
  const side = radius / 6;
  context.save();
  context.translate(x - radius, y - radius);
  context.scale(side, side);
  if (mark.filled) {
    context.fillStyle = colour;
    context.fill(path);
  }
  if (mark.stroke > 0) {
    context.strokeStyle = colour;
    context.lineWidth = mark.stroke;
    context.lineJoin = "round";
    context.lineCap = mark.dash.length > 0 ? "butt" : "round";
    context.setLineDash(mark.dash);
    context.stroke(path);
  }
  context.restore();
}

/** Draws a pod at its top left; plain where it is too small for a shape. */
export function drawPod(pen: Pen, word: string, x: number, y: number) {
  const { context, palette } = pen;
  const health = asHealth(word);
  const colour = healthColour(palette, health);
  const plain = POD * pen.scale < 6;
  const middle = POD / 2;
  roundedBox(context, x + 0.5, y + 0.5, POD - 1, POD - 1, 3);
  if (health === "ok" || (plain && health !== "pending")) {
    context.fillStyle = colour;
    context.fill();
    return;
  }
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  if (health === "failing" || health === "missing") {
    context.fillStyle = palette.failFill;
    context.fill();
    context.stroke();
    context.beginPath();
    cross(context, x + middle, y + middle, 2.4);
    context.stroke();
  } else if (health === "degraded") {
    context.fillStyle = palette.warnFill;
    context.fill();
    context.stroke();
    drawMark(pen, "degraded", x + middle, y + middle - 0.3, 3);
  } else if (health === "pending") {
    context.setLineDash([2.2, 1.8]);
    context.stroke();
    context.setLineDash([]);
  } else if (health === "completed") {
    context.stroke();
    context.beginPath();
    check(context, x + middle, y + middle, 3);
    context.stroke();
  } else {
    context.stroke();
    if (health === "unknown") drawMark(pen, "unknown", x + middle, y + middle, 4);
  }
}

function cross(context: CanvasRenderingContext2D, x: number, y: number, reach: number) {
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x + reach, y - reach);
  context.lineTo(x - reach, y + reach);
}

function check(context: CanvasRenderingContext2D, x: number, y: number, reach: number) {
  context.moveTo(x - reach, y);
  context.lineTo(x - reach * 0.3, y + reach * 0.7);
  context.lineTo(x + reach, y - reach * 0.8);
}
