/** Lines by class, coloured by nothing but a broken state. */

import type { Point } from "../picture/geometry";
import type { Link } from "../picture/types";
import { type Pen, lineWidth, setFont } from "./pen";

interface Stroke {
  width: number;
  strong: boolean;
  dash: number[];
}

const STROKES: Record<string, Stroke> = {
  routes: { width: 1.7, strong: true, dash: [] },
  selects: { width: 1.3, strong: false, dash: [] },
  owns: { width: 1.3, strong: false, dash: [] },
  member: { width: 1.3, strong: false, dash: [] },
  refers: { width: 1.3, strong: false, dash: [5, 4] },
  governs: { width: 1.4, strong: false, dash: [1.5, 3] },
};
const QUIET: Stroke = { width: 1.3, strong: false, dash: [] };
const INFERRED_DASH = [9, 2.5];
const CORNER = 6;
const ARROW = 8;

/** How much wider than a line its ground is where it crosses another, both sides together. */
const GAP = 3.6;

/** From the lowest up. */
const LAYERS = ["dashed", "solid", "broken"];

/**
 * As files draw them: of each sender dashed lines lie lowest, what is broken on top, and senders of broken lines come last.
 * The lines of one sender lie together on a ground a little wider than they are, so that two lines that cross do not read as
 * two that meet.
 */
export function drawLinks(pen: Pen, links: readonly Link[], behind: string) {
  const senders = new Map<string, { layer: number; link: Link }[]>();
  for (const link of links) {
    if (link.points.length < 2) continue;
    const sent = senders.get(link.from.id);
    const line = { layer: LAYERS.indexOf(layerOf(link)), link };
    if (sent) sent.push(line);
    else senders.set(link.from.id, [line]);
  }
  for (const sent of senders.values()) sent.sort((one, other) => one.layer - other.layer);
  const highest = (sent: { layer: number }[]) => sent.at(-1)?.layer ?? 0;
  for (const sent of [...senders.values()].toSorted((one, other) => highest(one) - highest(other))) {
    for (const { link } of sent) drawGround(pen, link, behind, GAP);
    for (const { layer, link } of sent) {
      // Where several run over each other, the gaps of one would else be filled by the next.
      if (layer === 0) drawGround(pen, link, behind, 1);
      drawLink(pen, link);
    }
  }
}

function isSeveral(link: Link): boolean {
  return link.count > 1 && Boolean(link.from.block || link.to.block);
}

function drawGround(pen: Pen, link: Link, behind: string, wider: number) {
  const { context } = pen;
  traceRoute(context, link.points, ARROW * 0.8);
  context.strokeStyle = behind;
  context.lineWidth = lineWidth(pen, isSeveral(link) ? 2.4 : (STROKES[link.class] ?? QUIET).width) + wider;
  context.stroke();
}

function dashOf(link: Link): number[] {
  if (link.state === "unknown") return [3, 4];
  return link.inferred ? INFERRED_DASH : (STROKES[link.class] ?? QUIET).dash;
}

function layerOf(link: Link): string {
  if (link.state === "missing") return "broken";
  return dashOf(link).length > 0 ? "dashed" : "solid";
}

function drawLink(pen: Pen, link: Link) {
  const { context, palette } = pen;
  const stroke = STROKES[link.class] ?? QUIET;
  const several = isSeveral(link);
  const colour = link.state === "missing" ? palette.fail : stroke.strong || several ? palette.lineStrong : palette.line;
  const width = lineWidth(pen, several ? 2.4 : stroke.width);
  traceRoute(context, link.points, ARROW * 0.8);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dashOf(link));
  context.stroke();
  context.setLineDash([]);
  drawArrow(context, link.points, colour, several ? ARROW + 1.5 : ARROW);
}

/** The path of a route with rounded corners, ending `short` of its last point so that the arrow's tip is sharp. */
export function traceRoute(context: CanvasRenderingContext2D, points: readonly Point[], short = 0) {
  const last = points.length - 1;
  const from = points[last - 1] as Point;
  const to = points[last] as Point;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const keep = length === 0 ? 1 : Math.max(0, length - short) / length;
  const end = { x: from.x + (to.x - from.x) * keep, y: from.y + (to.y - from.y) * keep };
  const first = points[0] as Point;
  context.beginPath();
  context.moveTo(first.x, first.y);
  for (let i = 1; i < last; i += 1) {
    const before = points[i - 1] as Point;
    const corner = points[i] as Point;
    const after = i + 1 === last ? end : (points[i + 1] as Point);
    const room = Math.min(half(before, corner), half(corner, after));
    context.arcTo(corner.x, corner.y, after.x, after.y, Math.min(CORNER, room));
  }
  context.lineTo(end.x, end.y);
}

function half(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y) / 2;
}

export function drawArrow(context: CanvasRenderingContext2D, points: readonly Point[], colour: string, size = ARROW) {
  const tip = points.at(-1) as Point;
  const tail = points.at(-2) as Point;
  const length = Math.hypot(tip.x - tail.x, tip.y - tail.y);
  if (length === 0) return;
  const ux = (tip.x - tail.x) / length;
  const uy = (tip.y - tail.y) / length;
  const bx = tip.x - ux * size;
  const by = tip.y - uy * size;
  const wing = size * 0.5;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(tip.x, tip.y);
  context.lineTo(bx - uy * wing, by + ux * wing);
  context.lineTo(bx + uy * wing, by - ux * wing);
  context.closePath();
  context.fill();
}

/** Ports, hosts and mounts, with a halo of what lies behind them. */
export function drawLinkLabels(pen: Pen, links: readonly Link[], behind: string) {
  const { context, palette } = pen;
  setFont(pen, "mono", 10.5);
  context.textAlign = "center";
  for (const link of links) {
    if (link.label === null) continue;
    const { box, text } = link.label;
    context.fillStyle = behind;
    context.globalAlpha = 0.88;
    context.fillRect(box.x - 1, box.y, box.width + 2, box.height);
    context.globalAlpha = 1;
    context.fillStyle = link.state === "missing" ? palette.failText : palette.text2;
    context.fillText(text, box.x + box.width / 2, box.y + box.height * 0.78);
  }
  context.textAlign = "left";
}
