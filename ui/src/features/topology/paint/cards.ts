/** Cards, pass by pass over all that are visible, so that faces and colours change a few times and not once per card. */

import { MEASURES } from "@/api/bindings/look";
import type { Health } from "@/api/bindings/Health";
import { isProblem } from "@/components";

import { SMALLEST_CAPTION, SMALLEST_NAME, readable, showsCaptions, textSize } from "../map/level";
import type { Block, Card } from "../picture/types";
import { drawMark, drawPod } from "./marks";
import { called, toldApart } from "./names";
import { drawBadges, drawMeters, drawTallies } from "./parts";
import { type Pen, crispBox, facesMeasured, fitted, paintShape, roundedBox, setFont, setText, widthOf } from "./pen";
import { type ShapeName, surface, texts } from "./theme";

/** From further away, in pixels on screen. */
const COMPACT = { inset: 3, radius: 3.5 };

/** Draws these cards of a block. */
export function drawCards(pen: Pen, cards: readonly Card[], block: Block) {
  for (const card of cards) drawSurface(pen, card);
  if (pen.level === "compact") {
    drawCompactNames(pen, cards, block);
  } else {
    drawChips(pen, cards);
    drawNames(pen, cards, block);
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
  const health = card.health;
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
    const health = card.health;
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

function drawNames(pen: Pen, cards: readonly Card[], block: Block) {
  const { context } = pen;
  const natural = texts.name.size;
  const size = textSize(natural, pen.scale);
  const withCaptions = showsCaptions(pen.scale);
  setText(pen, "name", size);
  // The core has fitted names to their natural size; only larger ones must be fitted again.
  const again = size > natural ? namesAt(pen, block, () => fittedNames(pen, block)) : null;
  for (const card of cards) {
    const text = again?.get(card.key)?.text ?? card.name;
    const alone = size > natural ? MEASURES.cardHeight / 2 + size * 0.36 : MEASURES.nameBaseAlone;
    const base = withCaptions && card.caption !== "" ? MEASURES.nameBase : alone;
    context.fillText(text, card.box.x + MEASURES.cardText, card.box.y + base);
  }
}

/** By the cards' keys. */
type Names = Map<string, { text: string; isKind: boolean }>;

/** What the cards of a block were last called, and at which scale. A block is drawn in several pieces. */
const lastNames = new WeakMap<Block, { scale: number; faces: number; names: Names }>();

/** The names at this scale: all of the block's are looked at, so that each piece of it cuts them alike. */
function namesAt(pen: Pen, block: Block, compute: () => Names): Names {
  const known = lastNames.get(block);
  if (known?.scale === pen.scale && known.faces === facesMeasured()) return known.names;
  const names = compute();
  lastNames.set(block, { scale: pen.scale, faces: facesMeasured(), names });
  return names;
}

/** The current face must be that of names. */
function fittedNames(pen: Pen, { cards }: Block): Names {
  const room = (card: Card) => card.box.width - MEASURES.cardText - MEASURES.cardNameRight;
  const whole = cards.map((card) => card.fullName ?? card.name);
  const cut = cards.map((card, at) => fitted(pen, whole[at] as string, room(card)));
  const told = toldApart(whole, cut, (text, at) => widthOf(pen, text) <= room(cards[at] as Card));
  return new Map(cards.map((card, at) => [card.key, { text: told[at] as string, isKind: false }]));
}

/** The current face must be that of names. */
function compactNames(pen: Pen, { cards, title }: Block): Names {
  const room = (card: Card) => card.box.x + card.box.width - 1 / pen.scale - compactLeft(pen, card);
  const names = cards.map((card) => called(card.fullName ?? card.name, card.key, title, (name) => widthOf(pen, name) <= room(card)));
  const whole = names.map((name) => name.text);
  const cut = cards.map((card, at) => fitted(pen, whole[at] as string, room(card)));
  const told = toldApart(whole, cut, (text, at) => widthOf(pen, text) <= room(cards[at] as Card));
  return new Map(cards.map((card, at) => [card.key, { text: told[at] as string, isKind: names[at]?.isKind ?? false }]));
}

function drawCaptions(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const natural = texts.caption.size;
  const size = textSize(natural, pen.scale, SMALLEST_CAPTION);
  for (const card of cards) {
    if (card.caption === "") continue;
    const state = surface(card.look === "missing" ? "missing" : card.health);
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
function drawCompactNames(pen: Pen, cards: readonly Card[], block: Block) {
  const { context, palette } = pen;
  const pixel = 1 / pen.scale;
  const size = SMALLEST_NAME * pixel;
  setFont(pen, "semibold", size);
  const names = namesAt(pen, block, () => compactNames(pen, block));
  const draw = (card: Card, isKind: boolean) => {
    const name = names.get(card.key);
    if (name?.isKind !== isKind) return;
    context.fillText(name.text, compactLeft(pen, card), card.box.y + MEASURES.cardHeight / 2 + size * 0.36);
  };
  for (const card of cards) {
    const health = compactState(card);
    if (health !== "neutral") drawMark(pen, health, card.box.x + (COMPACT.inset + COMPACT.radius) * pixel, card.box.y + MEASURES.cardHeight / 2, COMPACT.radius * pixel);
  }
  context.fillStyle = palette.text;
  for (const card of cards) draw(card, false);
  setFont(pen, "regular", size);
  context.fillStyle = palette.secondary;
  for (const card of cards) draw(card, true);
}

function compactState(card: Card): Health {
  return card.look === "unknown" ? "unknown" : card.health;
}

/** Where the name begins: behind the mark, if there is one. */
function compactLeft(pen: Pen, card: Card): number {
  const mark = compactState(card) === "neutral" ? 0 : 2 * COMPACT.radius + COMPACT.inset;
  return card.box.x + (COMPACT.inset + mark) / pen.scale;
}

function drawNotes(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const size = textSize(texts.note.size, pen.scale, 9.5);
  for (const card of cards) {
    if (card.note === null) continue;
    setText(pen, card.health === "pending" ? "note-warning" : "note", size);
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
