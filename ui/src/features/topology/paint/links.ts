/** Lines by class, coloured by nothing but a broken state. */

import { MEASURES } from "@/api/bindings/look";

import type { Point } from "../picture/geometry";
import type { Link } from "../picture/types";
import { type Pen, lineWidth, setText } from "./pen";
import { type ShapeName, shapes } from "./theme";

/** Whether links stay inside a block or run between blocks. */
export type Place = "inside" | "between";

const BEHIND = { inside: "group", between: "frame" } as const;
const UNDER = { inside: "under", between: "under-between" } as const;
const GAP = { inside: "gap", between: "gap-between" } as const;

/** From the lowest up. */
const LAYERS = ["dashed", "solid", "broken"];

/**
 * As files draw them: of each sender dashed lines lie lowest, what is broken on top, and senders of broken lines come last.
 * The lines of one sender lie together on a ground a little wider than they are, so that two lines that cross do not read as
 * two that meet.
 */
export function drawLinks(pen: Pen, links: readonly Link[], place: Place) {
  const senders = new Map<string, Sent[]>();
  for (const link of links) {
    if (link.points.length < 2) continue;
    const line = lineOf(link, place);
    const sent = { layer: LAYERS.indexOf(layerOf(link, line)), line, link };
    const others = senders.get(link.from.id);
    if (others) others.push(sent);
    else senders.set(link.from.id, [sent]);
  }
  for (const sent of senders.values()) sent.sort((one, other) => one.layer - other.layer);
  const highest = (sent: Sent[]) => sent.at(-1)?.layer ?? 0;
  for (const sent of [...senders.values()].toSorted((one, other) => highest(one) - highest(other))) {
    for (const { line, link } of sent) drawGround(pen, link, line, GAP[place]);
    for (const { layer, line, link } of sent) {
      // Where several run over each other, the gaps of one would else be filled by the next.
      if (layer === 0) drawGround(pen, link, line, UNDER[place]);
      drawLink(pen, link, line);
    }
  }
}

interface Sent {
  layer: number;
  line: ShapeName;
  link: Link;
}

function drawGround(pen: Pen, link: Link, line: ShapeName, ground: ShapeName) {
  const { context, palette } = pen;
  const { stroke, width } = shapes[ground];
  traceRoute(context, link.points, arrowOf(line) - 1);
  context.strokeStyle = palette[stroke ?? "group"];
  context.lineWidth = lineWidth(pen, width);
  context.stroke();
}

function isSeveral(line: ShapeName): boolean {
  return shapes[line].several;
}

function arrowOf(line: ShapeName): number {
  return isSeveral(line) ? MEASURES.arrowSeveral : MEASURES.arrow;
}

/** The shape of a link's line, as files choose it. */
export function lineOf(link: Link, place: Place): ShapeName {
  const { class: sort } = link;
  if (link.state === "missing") return sort === "refers" ? "broken-refers" : sort === "governs" ? "broken-governs" : "broken";
  if (link.count > 1 && (place === "between" || link.from.block)) {
    return sort === "refers" ? "several-refers" : sort === "governs" ? "several-governs" : "several";
  }
  if (sort === "routes") return link.inferred ? "inferred" : "routes";
  if (sort === "refers" || sort === "governs" || sort === "member") return sort;
  return "selects";
}

function layerOf(link: Link, line: ShapeName): string {
  if (link.state === "missing") return "broken";
  return shapes[line].dash.length > 0 ? "dashed" : "solid";
}

function drawLink(pen: Pen, link: Link, line: ShapeName) {
  const { context, palette } = pen;
  const { stroke, width, dash, round } = shapes[line];
  const arrow = arrowOf(line);
  const colour = palette[stroke ?? "line"];
  traceRoute(context, link.points, arrow - 1);
  context.strokeStyle = colour;
  context.lineWidth = lineWidth(pen, width);
  context.lineCap = round ? "round" : "butt";
  context.setLineDash([...dash]);
  context.stroke();
  context.setLineDash([]);
  context.lineCap = "butt";
  drawArrow(context, link.points, colour, arrow, isSeveral(line) ? MEASURES.arrowSeveralWing : MEASURES.arrowWing);
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
    context.arcTo(corner.x, corner.y, after.x, after.y, Math.min(MEASURES.linkCorner, room));
  }
  context.lineTo(end.x, end.y);
}

function half(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y) / 2;
}

export function drawArrow(context: CanvasRenderingContext2D, points: readonly Point[], colour: string, size: number = MEASURES.arrow, wing: number = MEASURES.arrowWing) {
  const tip = points.at(-1) as Point;
  const tail = points.at(-2) as Point;
  const length = Math.hypot(tip.x - tail.x, tip.y - tail.y);
  if (length === 0) return;
  const ux = (tip.x - tail.x) / length;
  const uy = (tip.y - tail.y) / length;
  const bx = tip.x - ux * size;
  const by = tip.y - uy * size;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(tip.x, tip.y);
  context.lineTo(bx - uy * wing, by + ux * wing);
  context.lineTo(bx + uy * wing, by - ux * wing);
  context.closePath();
  context.fill();
}

/** Ports, hosts and mounts, with a halo of what lies behind them. */
export function drawLinkLabels(pen: Pen, links: readonly Link[], place: Place) {
  const { context, palette } = pen;
  for (const link of links) {
    if (link.label === null) continue;
    const { box, text } = link.label;
    context.fillStyle = palette[BEHIND[place]];
    context.globalAlpha = 0.88;
    context.fillRect(box.x - 1, box.y, box.width + 2, box.height);
    context.globalAlpha = 1;
    setText(pen, link.state === "missing" ? "label-broken" : place === "inside" ? "label" : "label-between");
    context.fillText(text, box.x, box.y + box.height * MEASURES.labelBase);
  }
}
