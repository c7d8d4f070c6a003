/** Namespaces, lanes and applications: their surfaces, titles and counts, at every distance. */

import { MEASURES } from "@/api/bindings/look";
import type { Health } from "@/api/bindings/Health";
import { HEALTH_ORDER, worstOf } from "@/components";
import { count } from "@/lib/age";

import { readable, showsCards, showsMembers, textSize } from "../map/level";
import type { Block, Frame } from "../picture/types";
import { drawAside, isAside } from "./aside";
import { drawMark } from "./marks";
import { drawBadge } from "./parts";
import { type Pen, crispBox, fitted, lineWidth, paintShape, roundedBox, setFont, setText, widthOf } from "./pen";
import { healthColour, shapes, surface, texts } from "./theme";

export function drawFrames(pen: Pen, frames: readonly Frame[]) {
  for (const { box } of frames) {
    crispBox(pen.context, box, MEASURES.frameRadius);
    paintShape(pen, "frame");
  }
}

/** Titles lie above blocks: from afar they need more room than the frame's head has. */
export function drawFrameTitles(pen: Pen, frames: readonly Frame[]) {
  for (const frame of frames) {
    if (showsCards(pen.level)) drawHead(pen, frame);
    else drawTile(pen, frame);
  }
}

function drawHead(pen: Pen, frame: Frame) {
  const { context } = pen;
  const { box } = frame;
  const size = textSize(texts["frame-title"].size, pen.scale, 11.5);
  const x = box.x + MEASURES.frameTitle;
  const y = box.y + MEASURES.frameTitleBase;
  const left = drawProblems(pen, frame, x + 40, box.y + MEASURES.pillMiddle);
  setFont(pen, "semibold", size);
  const title = fitted(pen, frame.title, left - x - 6);
  const titleWidth = widthOf(pen, title);
  if (pen.level === "compact") plate(pen, x, y, titleWidth, size);
  setText(pen, "frame-title", size);
  context.fillText(title, x, y);
  if (pen.level === "compact") return;
  setText(pen, "frame-subtitle", textSize(texts["frame-subtitle"].size, pen.scale, 9.5));
  const after = x + titleWidth + 12;
  const showsBadges = readable(texts.badge.size, pen.scale);
  const firstBadge = showsBadges ? (frame.badges[0]?.box.x ?? left) : left;
  if (after + widthOf(pen, frame.subtitle) < Math.min(left, firstBadge)) context.fillText(frame.subtitle, after, y);
  if (!showsBadges) return;
  for (const badge of frame.badges) drawBadge(pen, badge.box, badge.text);
}

const PROBLEMS: ReadonlyArray<{ health: Health; word: string; of: (frame: Frame) => number }> = [
  { health: "failing", word: "broken", of: (frame) => frame.counts.failing + frame.counts.missing },
  { health: "degraded", word: "degraded", of: (frame) => frame.counts.degraded },
  { health: "pending", word: "pending", of: (frame) => frame.counts.pending },
];

/** Pills at the right of a frame, around the height `middle`, as far as there is room right of `from`; answers where they begin. */
function drawProblems(pen: Pen, frame: Frame, from: number, middle: number): number {
  const { context } = pen;
  const { pillHeight, pillRight, pillGap, pillRoom, pillMark, pillMarkTop, pillMarkScale, pillText, pillBase, mark } = MEASURES;
  const words = pen.level === "cards" || pen.level === "near";
  const size = textSize(texts.badge.size, pen.scale, 10);
  const unit = size / texts.badge.size;
  const height = pillHeight * unit;
  const radius = (mark / 2) * pillMarkScale * unit;
  let right = frame.box.x + frame.box.width - pillRight;
  for (const problem of PROBLEMS) {
    const number = problem.of(frame);
    if (number === 0) continue;
    const text = words ? `${count(number)} ${problem.word}` : count(number);
    setText(pen, "badge", size);
    const width = Math.ceil(widthOf(pen, text) / unit + pillRoom) * unit;
    if (right - width < from) break;
    const left = right - width;
    crispBox(context, { x: left, y: middle - height / 2, width, height }, (height - 1) / 2);
    paintShape(pen, "pill");
    drawMark(pen, problem.health, left + pillMark * unit + radius, middle - height / 2 + pillMarkTop * unit + radius, radius);
    setText(pen, "badge", size);
    context.fillText(text, left + pillText * unit, middle + pillBase * unit);
    right = left - pillGap;
  }
  return right;
}

/** From afar a namespace is a tile: name, count and problems at constant size on screen. */
function drawTile(pen: Pen, frame: Frame) {
  const { context, palette } = pen;
  const { box } = frame;
  const pixel = 1 / pen.scale;
  const width = box.width * pen.scale;
  const height = box.height * pen.scale;
  const overview = pen.level === "far";
  const size = (overview ? Math.min(18, Math.max(11, Math.min(width / 10, height / 5))) : 12) * pixel;
  setFont(pen, "semibold", size);
  const title = fitted(pen, frame.title, box.width - 14 * pixel);
  if (title === "" || height < 16) {
    if (width > 9 && height > 9) drawMark(pen, worstOf(frame.counts), box.x + box.width / 2, box.y + box.height / 2, 4 * pixel);
    return;
  }
  // Where applications have names of their own, a namespace's stands on its upper edge, as on a fieldset.
  let y = overview ? box.y + size + 5 * pixel : box.y + size * 0.4;
  const x = box.x + 7 * pixel;
  const end = x + widthOf(pen, title);
  plate(pen, x, y, end - x, size);
  context.fillStyle = palette.text;
  context.fillText(title, x, y);
  if (!overview) drawProblems(pen, frame, end + 8 * pixel, box.y);
  const small = 10.5 * pixel;
  if (overview && height > 40) {
    setFont(pen, "regular", small);
    y += small * 1.5;
    const room = box.width - 14 * pixel;
    const whole = `${count(frame.counts.objects)} objects`;
    const text = widthOf(pen, whole) <= room ? whole : fitted(pen, count(frame.counts.objects), room);
    plate(pen, x, y, widthOf(pen, text), small);
    context.fillStyle = palette.secondary;
    context.fillText(text, x, y);
  }
  if (overview && height > 58) drawTileProblems(pen, frame, x, y + small * 1.6, small);
}

function drawTileProblems(pen: Pen, frame: Frame, left: number, y: number, size: number) {
  const { context, palette } = pen;
  let x = left;
  setFont(pen, "semibold", size);
  for (const problem of PROBLEMS) {
    const number = problem.of(frame);
    if (number === 0) continue;
    const text = count(number);
    const width = size * 1.3 + widthOf(pen, text);
    if (x + width > frame.box.x + frame.box.width) return;
    plate(pen, x, y, width, size);
    drawMark(pen, problem.health, x + size * 0.45, y - size * 0.36, size * 0.45);
    context.fillStyle = palette.text;
    context.fillText(text, x + size * 1.2, y);
    x += width + size * 0.8;
  }
}

/** What lies behind a text that stands over blocks and lines. */
function plate(pen: Pen, x: number, baseline: number, width: number, size: number) {
  const { context, palette } = pen;
  context.fillStyle = palette.frame;
  context.globalAlpha = 0.86;
  roundedBox(context, x - size * 0.25, baseline - size, width + size * 0.5, size * 1.3, size * 0.25);
  context.fill();
  context.globalAlpha = 1;
}

export function drawBlocks(pen: Pen, blocks: readonly Block[]) {
  const { context, palette } = pen;
  const away = !showsCards(pen.level);
  for (const block of blocks) {
    if (block.title === "" && (!away || showsMembers(block, pen.level, pen.scale))) continue;
    const { box } = block;
    const worst = worstOf(block.counts);
    const shape = away && !isAside(block) ? surface(worst) : "card";
    const { fill, stroke } = shapes[shape === "card" ? "group" : shape];
    context.fillStyle = palette[fill ?? "group"];
    context.strokeStyle = palette[stroke ?? "frame-line"];
    context.lineWidth = lineWidth(pen, 1);
    crispBox(context, box, MEASURES.blockRadius);
    context.fill();
    // A border around a few pixels would be all there is to see.
    if (box.height * pen.scale >= 5) context.stroke();
  }
}

export function drawBlockTitles(pen: Pen, blocks: readonly Block[]) {
  for (const block of blocks) {
    if (showsCards(pen.level)) drawBlockHead(pen, block);
    else if (showsMembers(block, pen.level, pen.scale)) continue;
    else if (pen.level === "blocks" && isAside(block)) drawAside(pen, () => drawBlockTile(pen, block));
    else if (pen.level === "blocks") drawBlockTile(pen, block);
  }
}

function drawBlockHead(pen: Pen, block: Block) {
  if (block.title === "") return;
  const { context } = pen;
  const { box } = block;
  const { blockTitle, blockTitleBase, blockSubtitleRight } = MEASURES;
  const size = textSize(texts["block-title"].size, pen.scale);
  const subtitleSize = textSize(texts["block-subtitle"].size, pen.scale, 9);
  setFont(pen, "regular", subtitleSize);
  const room = box.width - widthOf(pen, block.subtitle) - 40;
  const fits = pen.level !== "compact" && room >= 40;
  setText(pen, "block-title", size);
  const title = fitted(pen, block.title, fits ? room : box.width - 2 * blockTitle);
  if (pen.level === "compact") plate(pen, box.x + blockTitle, box.y + blockTitleBase, widthOf(pen, title), size);
  setText(pen, "block-title", size);
  context.fillText(title, box.x + blockTitle, box.y + blockTitleBase);
  if (!fits) return;
  setText(pen, "block-subtitle", subtitleSize);
  context.textAlign = "right";
  context.fillText(block.subtitle, box.x + box.width - blockSubtitleRight, box.y + blockTitleBase);
  context.textAlign = "left";
}

/** An application from the middle distance: its name and a strip of the states inside. */
function drawBlockTile(pen: Pen, block: Block) {
  const { context, palette } = pen;
  const { box } = block;
  const pixel = 1 / pen.scale;
  const inset = 6 * pixel;
  const height = box.height * pen.scale;
  const room = box.width - 2 * inset;
  const size = 10.5 * pixel;
  setFont(pen, "semibold", size);
  const title = block.title === "" || height < 14 ? "" : fitted(pen, block.title, room);
  const both = title !== "" && height >= 26;
  const middle = box.y + box.height / 2;
  if (title !== "") {
    context.fillStyle = palette.text;
    context.fillText(title, box.x + inset, middle + size * (both ? -0.1 : 0.36));
  }
  if ((both || title === "") && room > 8 * pixel && height > 6) drawStrip(pen, block, box.x + inset, both ? middle + size * 0.5 : middle - 2 * pixel, room, 4 * pixel);
}

function drawStrip(pen: Pen, block: Block, left: number, top: number, room: number, height: number) {
  const { context, palette } = pen;
  const present = HEALTH_ORDER.filter((health) => block.counts[health] > 0);
  const total = present.reduce((sum, health) => sum + block.counts[health], 0);
  if (total === 0) return;
  const gap = 1.5 / pen.scale;
  const least = 4 / pen.scale;
  const shared = Math.max(0, room - present.length * least - (present.length - 1) * gap);
  let x = left;
  for (const health of present) {
    const width = least + (shared * block.counts[health]) / total;
    context.fillStyle = health === "neutral" ? palette["card-line"] : healthColour(palette, health);
    roundedBox(context, x, top, width, height, height / 2);
    context.fill();
    x += width + gap;
  }
}
