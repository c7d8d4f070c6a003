/** What lies above the drawn plane and changes with every move of the pointer: selection, hover, focus and glow. */

import { MEASURES } from "@/api/bindings/look";

import { type Box, grown, shifted } from "../picture/geometry";
import type { Link } from "../picture/types";
import { drawArrow, lineOf, traceRoute } from "../paint/links";
import { type Pen, crispBox, paintShape, roundedBox, setText, widthOf } from "../paint/pen";
import { type Palette, shapes, texts } from "../paint/theme";
import { type Level, showsCards, textSize } from "./level";
import type { Hit, Spatial } from "./spatial";

export interface Marks {
  /** Key of the selected object, or id of the selected block or frame. */
  selected: string | null;
  selectedLink: { from: string; to: string } | null;
  hover: Hit | null;
  /** What the selected object itself is joined with; null until it is known. */
  joined: { key: string; others: ReadonlySet<string> } | null;
  /** Cards of a path, in order. */
  traced: readonly string[];
  /** What the selected object governs, marked where that has no card of its own. */
  governed: readonly string[];
  /** Whether the map has the keyboard. */
  focused: boolean;
}

interface Placed {
  link: Link;
  x: number;
  y: number;
}

export const GLOW_MILLIS = 1600;
/** How far beyond a border the line of a mark runs, in pixels: the border keeps its colour, which tells a state. */
const BESIDE = 2;

export interface OverlayInput {
  spatial: Spatial;
  marks: Marks;
  palette: Palette;
  level: Level;
  scale: number;
  /** Keys that changed, with how much of their glow is left, from 1 to 0. */
  glow: ReadonlyMap<string, number>;
}

/** The context must be scaled so that a unit is a unit. */
export function drawOverlay(context: CanvasRenderingContext2D, input: OverlayInput) {
  const { spatial, marks, palette, scale } = input;
  const pixel = 1 / scale;
  drawGlow(context, input);
  if (showsCards(input.level)) {
    const pointed = marks.hover && (marks.hover.sort === "card" || marks.hover.sort === "pod") ? marks.hover.key : null;
    for (const key of new Set([pointed, marks.selected])) if (key !== null) drawNeighbours(context, input, key, 1.5 * pixel);
  }
  if (marks.selected !== null && !spatial.cardOf(marks.selected)) {
    drawGoverned(context, input);
    drawSharers(context, input, { key: marks.selected, text: "", card: null, block: "" });
  }
  drawSharers(context, input, marks.hover?.sort === "badge" ? marks.hover : null);
  drawPath(context, input);
  const chosen = marks.selectedLink;
  if (chosen) {
    for (const placed of linksBetween(spatial, chosen.from, chosen.to)) strokeLink(context, placed, palette, Math.max(2.5, 2.5 * pixel));
  }
  if (marks.hover?.sort === "link") {
    for (const placed of linksBetween(spatial, marks.hover.from, marks.hover.to)) strokeLink(context, placed, palette, Math.max(2, 2 * pixel));
  }
  const hovered = marks.hover && hoverId(marks.hover);
  if (hovered) frameOf(context, spatial, hovered, 1.5 * pixel, BESIDE * pixel, palette.accent, 0.8);
  // With a gap, so that the ring is seen on every colour and differs from a hover by more than shade.
  if (marks.selected !== null) frameOf(context, spatial, marks.selected, (marks.focused ? 3 : 2.25) * pixel, 3 * pixel, palette.accent, 1);
}

function hoverId(hit: Hit): string | null {
  if (hit.sort === "card" || hit.sort === "pod") return hit.key;
  return hit.sort === "block" || hit.sort === "frame" ? hit.id : null;
}

function outline(context: CanvasRenderingContext2D, box: Box, colour: string, width: number, radius: number, alpha: number) {
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  roundedBox(context, box.x, box.y, box.width, box.height, radius);
  context.stroke();
  context.globalAlpha = 1;
}

/** Frames what has this id; pills on a card's edge stay readable, the line passes behind them. */
function frameOf(context: CanvasRenderingContext2D, spatial: Spatial, id: string, width: number, reach: number, colour: string, alpha: number) {
  const box = spatial.boxOf(id);
  if (!box) return;
  const found = spatial.cardOf(id);
  context.save();
  if (found && found.card.key === id && found.card.badges.length > 0) {
    context.beginPath();
    const wide = grown(box, 60);
    context.rect(wide.x, wide.y, wide.width, wide.height);
    for (const badge of found.card.badges) {
      const pill = shifted(badge.box, found.block.box);
      context.roundRect(pill.x, pill.y, pill.width, pill.height, pill.height / 2);
    }
    context.clip("evenodd");
  }
  outline(context, grown(box, reach), colour, width, 7 + reach / 2, alpha);
  context.restore();
}

/** Lines of an object in the accent colour, and a thin frame around what they lead to. */
function drawNeighbours(context: CanvasRenderingContext2D, { spatial, palette, marks, scale }: OverlayInput, key: string, width: number) {
  for (const { other, ...placed } of neighboursOf(spatial, key, marks.joined)) {
    strokeLink(context, placed, palette, Math.max(1.8, width));
    frameOf(context, spatial, other, width, BESIDE / scale, palette.accent, 0.9);
  }
}

/**
 * The lines of an object with what is at their far ends. A pod that lies in the card of its workload has, of the lines of
 * that card, those that lead to what it is joined with itself; none until that is known.
 */
export function neighboursOf(spatial: Spatial, key: string, joined: Marks["joined"]): Array<Placed & { other: string }> {
  const card = spatial.cardOf(key)?.card.key;
  if (card === undefined) return [];
  const lines = linksOf(spatial, card).map((placed) => ({ ...placed, other: placed.link.from.id === card ? placed.link.to.id : placed.link.from.id }));
  if (card === key) return lines;
  const others = joined?.key === key ? [...joined.others] : [];
  const reached = new Set(others.flatMap((each) => spatial.cardOf(each)?.card.key ?? []));
  return lines.filter(({ other }) => reached.has(other));
}

/** A path from card to card: along the drawn lines where there are any, straight across where containment says it all. */
function drawPath(context: CanvasRenderingContext2D, { spatial, marks, palette, scale, level }: OverlayInput) {
  const width = Math.max(2.5, 2.5 / scale);
  marks.traced.forEach((id, at) => {
    const place = showsCards(level) ? id : (spatial.cardOf(id)?.block.id ?? id);
    frameOf(context, spatial, place, 2.25 / scale, 2 / scale, palette.accent, 1);
    const next = marks.traced[at + 1];
    if (next === undefined) return;
    const placed = [...linksBetween(spatial, id, next), ...linksBetween(spatial, next, id)];
    for (const each of placed) strokeLink(context, each, palette, width);
    if (placed.length === 0) strokeAcross(context, spatial.boxOf(id), spatial.boxOf(next), palette.accent, width);
  });
}

function strokeAcross(context: CanvasRenderingContext2D, from: Box | undefined, to: Box | undefined, colour: string, width: number) {
  if (!from || !to) return;
  const ends = [between(from, to), between(to, from)];
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash([width * 3, width * 2]);
  traceRoute(context, ends);
  context.stroke();
  context.restore();
}

/** Where the straight line from the middle of a box to that of another leaves it. */
function between(from: Box, to: Box): { x: number; y: number } {
  const middle = { x: from.x + from.width / 2, y: from.y + from.height / 2 };
  const dx = to.x + to.width / 2 - middle.x;
  const dy = to.y + to.height / 2 - middle.y;
  const share = Math.min(1, from.width / 2 / Math.max(1e-6, Math.abs(dx)), from.height / 2 / Math.max(1e-6, Math.abs(dy)));
  return { x: middle.x + dx * share, y: middle.y + dy * share };
}

/** What several share is a badge: pointing at one, or selecting it, shows who shares it; one on a frame is shared by all in it. */
function drawSharers(context: CanvasRenderingContext2D, input: OverlayInput, hit: Omit<Hit & { sort: "badge" }, "sort"> | null) {
  if (hit === null) return;
  const { spatial, palette, scale } = input;
  const reach = BESIDE / scale;
  for (const frame of spatial.picture.frames) {
    const badge = frame.badges.find((each) => (hit.key === null ? each.text === hit.text && frame.id === hit.block : each.key === hit.key));
    if (!badge) continue;
    outline(context, grown(frame.box, reach), palette.accent, 2 / scale, 10, 1);
    drawPill(context, input, badge.box, badge.text);
  }
  for (const { block, card } of spatial.allCards()) {
    const badge = card.badges.find((each) => (hit.key === null ? each.text === hit.text && card.key === hit.card : each.key === hit.key));
    if (!badge) continue;
    if (!showsCards(input.level)) {
      outline(context, grown(block.box, reach), palette.accent, 1.5 / scale, 7, 0.9);
      continue;
    }
    frameOf(context, spatial, card.key, 1.5 / scale, reach, palette.accent, 0.9);
    drawPill(context, input, shifted(badge.box, block.box), badge.text);
  }
}

/** The smallest text of a pill that is pointed at, in pixels. */
const SMALLEST_PILL = 10;

/** A pill above every line, as large as it takes to be read. */
function drawPill(context: CanvasRenderingContext2D, { palette, scale, level }: OverlayInput, box: Box, text: string) {
  if (level === "far") return;
  const pen: Pen = { context, scale, level, palette, icons: new Map() };
  const natural = texts.badge.size;
  const size = textSize(natural, scale, SMALLEST_PILL);
  const unit = size / natural;
  setText(pen, "badge", size);
  const width = Math.max(box.width, widthOf(pen, text) + 12 * unit);
  const height = box.height * unit;
  const top = box.y + box.height / 2 - height / 2;
  crispBox(context, { x: box.x, y: top, width, height }, height / 2);
  paintShape(pen, "pill");
  outline(context, { x: box.x, y: top, width, height }, palette.accent, 2 / scale, height / 2, 1);
  setText(pen, "badge", size);
  context.textAlign = "center";
  context.fillText(text, box.x + width / 2, box.y + box.height / 2 + MEASURES.smallBase * unit);
  context.textAlign = "left";
}

/** Rings around what is governed: pods in their cards and the cards; from afar the applications. */
function drawGoverned(context: CanvasRenderingContext2D, { spatial, marks, palette, scale, level }: OverlayInput) {
  const ringed = new Set<string>();
  const reach = BESIDE / scale;
  for (const key of marks.governed) {
    const found = spatial.cardOf(key);
    if (!found) continue;
    const place = showsCards(level) ? found.card.key : found.block.id;
    if (!ringed.has(place)) frameOf(context, spatial, place, 1.5 / scale, reach, palette.accent, 0.9);
    ringed.add(place);
    const pod = place === found.card.key && place !== key ? spatial.boxOf(key) : undefined;
    if (pod) outline(context, grown(pod, reach), palette.accent, 1.25 / scale, 3, 0.9);
  }
}

function strokeLink(context: CanvasRenderingContext2D, { link, x, y }: Placed, palette: Palette, width: number) {
  const colour = palette.accent;
  if (link.points.length < 2) return;
  context.save();
  context.translate(x, y);
  const broken = link.state === "missing" ? shapes[lineOf(link, "inside")] : null;
  traceRoute(context, link.points, 5);
  const stroke = (of: string, wide: number) => {
    context.strokeStyle = of;
    context.lineWidth = wide;
    context.stroke();
  };
  stroke(colour, broken ? width * 5 : width);
  const line = broken?.stroke ? palette[broken.stroke] : colour;
  if (broken) {
    // What is broken stays as it is drawn, red and dashed, between two lines that say that it is meant.
    stroke(palette.group, width * 3);
    context.setLineDash([...broken.dash]);
    stroke(line, width);
    context.setLineDash([]);
  }
  drawArrow(context, link.points, line, 8);
  context.restore();
}

function linksOf(spatial: Spatial, key: string): Placed[] {
  const placed: Placed[] = [];
  const touches = (link: Link) => link.from.id === key || link.to.id === key;
  const home = spatial.cardOf(key)?.block;
  for (const link of home?.links ?? []) {
    if (touches(link)) placed.push({ link, x: home?.box.x ?? 0, y: home?.box.y ?? 0 });
  }
  for (const link of spatial.picture.links) {
    if (touches(link)) placed.push({ link, x: 0, y: 0 });
  }
  return placed;
}

function linksBetween(spatial: Spatial, from: string, to: string): Placed[] {
  return linksOf(spatial, from).concat(spatial.cardOf(from) ? [] : linksOf(spatial, to)).filter(({ link }) => link.from.id === from && link.to.id === to);
}

function drawGlow(context: CanvasRenderingContext2D, { spatial, palette, scale, glow, level }: OverlayInput) {
  const drawn = new Set<string>();
  for (const [key, left] of glow) {
    const place = showsCards(level) ? key : spatial.cardOf(key)?.block.id;
    if (place === undefined || drawn.has(place)) continue;
    drawn.add(place);
    const box = spatial.boxOf(place);
    if (box) outline(context, grown(box, 1.5 / scale), palette.accent, (1 + 3 * left) / scale, 8, 0.75 * left);
  }
}
