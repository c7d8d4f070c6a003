/** Cards, pass by pass over all that are visible, so that faces and colours change a few times and not once per card. */

import { asHealth } from "@/components";

import { SMALLEST_CAPTION, SMALLEST_NAME, readable, showsCaptions, textSize } from "../map/level";
import type { Box } from "../picture/geometry";
import type { Card } from "../picture/types";
import { drawMark, drawPod } from "./marks";
import { called } from "./names";
import { drawBadges, drawMeters, drawTallies } from "./parts";
import { type Pen, fitted, lineWidth, roundedBox, setFont, widthOf } from "./pen";
import { surface } from "./theme";

/** Measures of a card, in units from its top left (`reference/sketches`). */
const RADIUS = 7;
const HEAD = 46;
const CHIP = { x: 9, y: 9, side: 28 };
const TEXT_X = 44;
const NAME_Y = 20;
const CAPTION_Y = 36;
const MARK = { right: 17, y: 16, radius: 6 };
const NAME_SIZE = 12.5;
const CAPTION_SIZE = 11;
const CAPTION_RIGHT = 8;
const FOLDED_SIZE = 10.5;
/** On the row of pods, above the badges of the lower edge. */
const FOLDED_Y = 58;
const DASH = [4, 3];
/** From further away, in pixels on screen. */
const COMPACT = { inset: 3, radius: 3.5, fade: 6 };

/** `app` is the application that the cards stand in; empty where they stand in none. */
export function drawCards(pen: Pen, cards: readonly Card[], app: string) {
  for (const card of cards) drawSurface(pen, card);
  if (pen.level === "compact") {
    drawCompactNames(pen, cards, app);
  } else {
    drawChips(pen, cards);
    drawNames(pen, cards);
    if (showsCaptions(pen.scale)) drawCaptions(pen, cards);
  }
  for (const card of cards) {
    for (const pod of card.pods) drawPod(pen, pod.health, pod.x, pod.y);
  }
  if (pen.level !== "compact") {
    drawTallies(pen, cards);
    drawMeters(pen, cards);
    drawBadges(pen, cards);
    drawFolded(pen, cards);
  }
  drawNotes(pen, cards);
}

function drawSurface(pen: Pen, card: Card) {
  const { context, palette } = pen;
  const { box } = card;
  const look = surface(palette, asHealth(card.health));
  context.lineWidth = lineWidth(pen, 1);
  context.strokeStyle = look.line;
  context.fillStyle = look.fill;
  if (card.look === "fold") stacked(context, box);
  const radius = card.look === "external" ? 16 : RADIUS;
  roundedBox(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, radius);
  if (card.look === "missing") {
    context.strokeStyle = palette.fail;
    context.fillStyle = palette.failFill;
    context.setLineDash(DASH);
  } else if (card.look === "unknown") {
    context.strokeStyle = palette.neutral;
    context.fillStyle = palette.frame;
    context.setLineDash(DASH);
  } else if (card.look === "external") {
    context.fillStyle = palette.frame;
  }
  context.fill();
  context.stroke();
  context.setLineDash([]);
}

/** Two edges behind a card that stands for many. */
function stacked(context: CanvasRenderingContext2D, box: Box) {
  for (const step of [6, 3]) {
    roundedBox(context, box.x + step + 0.5, box.y + step + 0.5, box.width - 2 * step - 1, box.height - 1, RADIUS);
    context.fill();
    context.stroke();
  }
}

function drawChips(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  for (const card of cards) {
    const x = card.box.x + CHIP.x;
    const y = card.box.y + CHIP.y;
    const health = asHealth(card.health);
    const ghost = card.look === "missing" || card.look === "unknown";
    if (!ghost) {
      context.fillStyle = palette.iconFill;
      roundedBox(context, x, y, CHIP.side, CHIP.side, 6);
      context.fill();
    }
    const icon = pen.icons.get(card.icon);
    if (icon) {
      context.save();
      context.translate(x + 6, y + 6);
      context.strokeStyle = card.look === "missing" ? palette.fail : palette.lineStrong;
      context.lineWidth = 1.5;
      context.lineCap = "round";
      context.lineJoin = "round";
      context.stroke(icon);
      context.restore();
    }
    drawMark(pen, card.look === "unknown" ? "unknown" : health, card.box.x + card.box.width - MARK.right, card.box.y + MARK.y, MARK.radius);
  }
}

function drawNames(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  const size = textSize(NAME_SIZE, pen.scale);
  const alone = !showsCaptions(pen.scale);
  setFont(pen, "semibold", size);
  context.fillStyle = palette.text;
  for (const card of cards) {
    const room = card.box.width - TEXT_X - MARK.right - MARK.radius - 4;
    // The core has fitted the name to the natural size; only a larger one must be fitted again.
    const text = size > NAME_SIZE ? fitted(pen, card.fullName ?? card.name, room) : card.name;
    context.fillText(text, card.box.x + TEXT_X, card.box.y + (alone ? HEAD / 2 + size * 0.36 : NAME_Y));
  }
}

function drawCaptions(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  const size = textSize(CAPTION_SIZE, pen.scale, SMALLEST_CAPTION);
  setFont(pen, "regular", size);
  for (const card of cards) {
    if (card.caption === "") continue;
    const ghost = card.look === "unknown" || card.look === "external";
    context.fillStyle = ghost ? palette.text2 : surface(palette, asHealth(card.health)).caption;
    const room = card.box.width - TEXT_X - CAPTION_RIGHT;
    const text = size > CAPTION_SIZE ? fitted(pen, card.caption, room, "end") : card.caption;
    context.fillText(text, card.box.x + TEXT_X, card.box.y + CAPTION_Y);
  }
}

/**
 * From further away a card is a state and a name at constant size. Most of its width belongs to the name: the mark stands
 * close to the edge, and one that says nothing is left out.
 */
function drawCompactNames(pen: Pen, cards: readonly Card[], app: string) {
  const pixel = 1 / pen.scale;
  const size = SMALLEST_NAME * pixel;
  const kinds: Array<() => void> = [];
  setFont(pen, "semibold", size);
  for (const card of cards) {
    const middle = card.box.y + HEAD / 2;
    const health = card.look === "unknown" ? "unknown" : asHealth(card.health);
    let x = card.box.x + COMPACT.inset * pixel;
    if (health !== "neutral") {
      drawMark(pen, health, x + COMPACT.radius * pixel, middle, COMPACT.radius * pixel);
      x += (2 * COMPACT.radius + COMPACT.inset) * pixel;
    }
    const room = card.box.x + card.box.width - pixel - x;
    const { text, isKind } = called(card.fullName ?? card.name, card.key, app, (name) => widthOf(pen, name) <= room);
    const draw = () => drawFading(pen, text, isKind ? pen.palette.text2 : pen.palette.text, x, middle + size * 0.36, room);
    if (isKind) kinds.push(draw);
    else draw();
  }
  setFont(pen, "regular", size);
  for (const draw of kinds) draw();
}

/** What is still too long fades out at the card's edge: dots would take the room of two letters. */
function drawFading(pen: Pen, text: string, colour: string, x: number, baseline: number, room: number) {
  const { context } = pen;
  context.fillStyle = colour;
  if (widthOf(pen, text) > room) {
    const fade = context.createLinearGradient(x + room - COMPACT.fade / pen.scale, 0, x + room, 0);
    fade.addColorStop(0, colour);
    fade.addColorStop(1, `${colour}00`);
    context.fillStyle = fade;
  }
  context.fillText(text, x, baseline);
}

function drawNotes(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const size = textSize(CAPTION_SIZE, pen.scale, 9.5);
  setFont(pen, "regular", size);
  for (const card of cards) {
    if (card.note === null) continue;
    // A larger text than the core made room for would lie over what stands beside the card.
    if (size > CAPTION_SIZE && widthOf(pen, card.note.text) > card.box.width) continue;
    context.fillStyle = surface(pen.palette, asHealth(card.health)).caption;
    context.fillText(card.note.text, card.note.box.x, card.note.box.y + card.note.box.height * 0.78);
  }
}

/** How many objects are folded into a card, where its row of pods leaves room to say so. */
function drawFolded(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  if (!readable(FOLDED_SIZE, pen.scale)) return;
  setFont(pen, "regular", FOLDED_SIZE);
  context.fillStyle = palette.text2;
  context.textAlign = "right";
  for (const card of cards) {
    if (card.folded === 0 || card.meters.length > 0 || card.box.height < HEAD + 14) continue;
    context.fillText(`+${card.folded}`, card.box.x + card.box.width - 10, card.box.y + FOLDED_Y);
  }
  context.textAlign = "left";
}
