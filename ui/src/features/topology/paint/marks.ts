/** States as shapes: the round marks of cards and frames, the squares of pods. Shape and colour always say the same. */

import { MARKS, MEASURES } from "@/api/bindings/look";
import type { Health } from "@/api/bindings/Health";

import { type Pen, paintShape, roundedBox } from "./pen";
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
    context.setLineDash([...mark.dash]);
    context.stroke(path);
  }
  context.restore();
}

/** What lies inside the square of a pod, and how large. */
const INSIDE: Partial<Record<Health, { mark: Health; scale: number }>> = {
  failing: { mark: "failing", scale: 0.5 },
  missing: { mark: "failing", scale: 0.5 },
  degraded: { mark: "degraded", scale: 0.5 },
  completed: { mark: "completed", scale: 0.58 },
};

/** Draws a pod at its top left; plain where it is too small for a shape. */
export function drawPod(pen: Pen, health: Health, x: number, y: number) {
  const { context, palette } = pen;
  const { pod, podRadius, podInset, podInsetRadius, mark } = MEASURES;
  const plain = pod * pen.scale < 6;
  if (health === "ok" || (plain && health !== "pending")) {
    roundedBox(context, x, y, pod, pod, podRadius);
    context.fillStyle = healthColour(palette, health);
    context.fill();
    return;
  }
  roundedBox(context, x + podInset, y + podInset, pod - 2 * podInset, pod - 2 * podInset, podInsetRadius);
  paintShape(pen, `pod-${health === "missing" ? "failing" : health}`);
  const inside = INSIDE[health];
  if (inside) drawMark(pen, inside.mark, x + pod / 2, y + pod / 2, (mark / 2) * inside.scale);
}
