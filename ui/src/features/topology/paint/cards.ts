/** Cards, pass by pass over all that are visible, so that faces and colours change a few times and not once per card. */

import { MEASURES } from "@/api/bindings/look";
import { asHealth, isProblem } from "@/components";

import { SMALLEST_CAPTION, SMALLEST_NAME, readable, showsCaptions, textSize } from "../map/level";
import type { Card } from "../picture/types";
import { drawMark, drawPod } from "./marks";
import { called } from "./names";
import { drawBadges, drawMeters, drawTallies } from "./parts";
import { type Pen, crispBox, fitted, paintShape, roundedBox, setFont, setText, widthOf } from "./pen";
import { type ShapeName, surface, texts } from "./theme";

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
  const { context } = pen;
  const { box } = card;
  const shape = shapeOf(card);
  if (card.look === "fold") {
    // The edge of a second card looks out: many lie here.
    crispBox(context, { ...box, x: box.x + MEASURES.foldStep, y: box.y + MEASURES.foldStep }, MEASURES.cardRadius);
    paintShape(pen, shape);
  }
  crispBox(context, box, card.look === "external" ? Math.min(box.height, MEASURES.cardHeight) / 2 : MEASURES.cardRadius);
  paintShape(pen, shape);
}

function shapeOf(card: Card): ShapeName {
  const health = asHealth(card.health);
  if (card.look === "missing" || health === "missing") return "ghost";
  if (card.look === "unknown") return "veiled";
  if (isProblem(health)) return surface(health);
  if (card.look === "external") return "outside";
  return card.look === "fold" ? "fold" : "card";
}

function drawChips(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  for (const card of cards) {
    const { x, y, width } = card.box;
    const health = asHealth(card.health);
    if (card.look !== "missing" && card.look !== "unknown") {
      const radius = card.look === "external" ? MEASURES.externalTileRadius : MEASURES.tileRadius;
      roundedBox(context, x + MEASURES.tileInset, y + MEASURES.tileInset, MEASURES.tile, MEASURES.tile, radius);
      paintShape(pen, "tile");
    }
    const icon = pen.icons.get(card.icon);
    if (icon) {
      context.save();
      context.translate(x + MEASURES.iconInset, y + MEASURES.iconInset);
      paintShape(pen, card.look === "missing" ? "icon-missing" : card.look === "unknown" ? "icon-unknown" : "icon", icon);
      context.restore();
    }
    // Something outside has a state only where it is told.
    if (card.look === "external" && !isProblem(health)) continue;
    const half = MEASURES.mark / 2;
    const mark = card.look === "unknown" || card.look === "missing" ? card.look : health;
    drawMark(pen, mark, x + width - MEASURES.markRight + half, y + MEASURES.markTop + half, half);
  }
}

function drawNames(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const natural = texts.name.size;
  const size = textSize(natural, pen.scale);
  const withCaptions = showsCaptions(pen.scale);
  setText(pen, "name", size);
  for (const card of cards) {
    const room = card.box.width - MEASURES.cardText - MEASURES.cardNameRight;
    // The core has fitted the name to the natural size; only a larger one must be fitted again.
    const text = size > natural ? fitted(pen, card.fullName ?? card.name, room) : card.name;
    const alone = size > natural ? MEASURES.cardHeight / 2 + size * 0.36 : MEASURES.nameBaseAlone;
    const base = withCaptions && card.caption !== "" ? MEASURES.nameBase : alone;
    context.fillText(text, card.box.x + MEASURES.cardText, card.box.y + base);
  }
}

function drawCaptions(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const natural = texts.caption.size;
  const size = textSize(natural, pen.scale, SMALLEST_CAPTION);
  for (const card of cards) {
    if (card.caption === "") continue;
    const state = surface(card.look === "missing" ? "missing" : asHealth(card.health));
    setText(pen, state === "card" ? "caption" : state === "card-failing" ? "caption-failing" : "caption-warning", size);
    const room = card.box.width - MEASURES.cardText - MEASURES.cardCaptionRight;
    const text = size > natural ? fitted(pen, card.caption, room, "end") : card.caption;
    context.fillText(text, card.box.x + MEASURES.cardText, card.box.y + MEASURES.captionBase);
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
    const middle = card.box.y + MEASURES.cardHeight / 2;
    const health = card.look === "unknown" ? "unknown" : asHealth(card.health);
    let x = card.box.x + COMPACT.inset * pixel;
    if (health !== "neutral") {
      drawMark(pen, health, x + COMPACT.radius * pixel, middle, COMPACT.radius * pixel);
      x += (2 * COMPACT.radius + COMPACT.inset) * pixel;
    }
    const room = card.box.x + card.box.width - pixel - x;
    const { text, isKind } = called(card.fullName ?? card.name, card.key, app, (name) => widthOf(pen, name) <= room);
    const draw = () => drawFading(pen, text, isKind ? pen.palette.secondary : pen.palette.text, x, middle + size * 0.36, room);
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
  const size = textSize(texts.note.size, pen.scale, 9.5);
  for (const card of cards) {
    if (card.note === null) continue;
    setText(pen, asHealth(card.health) === "pending" ? "note-warning" : "note", size);
    // A larger text than the core made room for would lie over what stands beside the card.
    if (size > texts.note.size && widthOf(pen, card.note.text) > card.box.width) continue;
    context.fillText(card.note.text, card.note.box.x, card.note.box.y + card.note.box.height * MEASURES.labelBase);
  }
}

/** How many objects are folded into a card, where its row of pods leaves room to say so. */
function drawFolded(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const { foldedRight, foldedBase } = MEASURES;
  if (!readable(texts.folded.size, pen.scale)) return;
  setText(pen, "folded");
  context.textAlign = "right";
  for (const card of cards) {
    if (card.folded === 0 || card.meters.length > 0 || card.box.height < foldedBase) continue;
    context.fillText(`+${card.folded}`, card.box.x + card.box.width - foldedRight, card.box.y + foldedBase);
  }
  context.textAlign = "left";
}
