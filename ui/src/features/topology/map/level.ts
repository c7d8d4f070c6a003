/** What is drawn at which scale. Names never shrink below ten pixels on screen: they give way to the level above. */

import type { Block } from "../picture/types";

/** Far to near. */
export type Level = "far" | "blocks" | "compact" | "cards" | "near";

/** From here on each card has a name of its own: eight letters of it stand beside its mark. */
export const CARDS_FROM = 0.33;

const LEVELS: ReadonlyArray<{ from: number; level: Level }> = [
  { from: 0.9, level: "near" },
  { from: 0.5, level: "cards" },
  { from: CARDS_FROM, level: "compact" },
  { from: 0.13, level: "blocks" },
  { from: 0, level: "far" },
];

/** The smallest name on screen, in pixels. */
export const SMALLEST_NAME = 10;
/** The smallest second line on screen, in pixels. */
export const SMALLEST_CAPTION = 9;
/** Below this scale a card is too low for two lines. */
const CAPTIONS_FROM = 0.55;
/** From here on a card says all it has to say. */
export const LEGIBLE = 0.8;

/** Small print (pills, bars' words, counts of folded objects) is left out where it would be smaller than this on screen. */
const SMALLEST_PRINT = 7.5;

export function readable(size: number, scale: number): boolean {
  return size * scale >= SMALLEST_PRINT;
}

export function levelAt(scale: number): Level {
  return LEVELS.find((each) => scale >= each.from)?.level ?? "far";
}

export function showsCards(level: Level): boolean {
  return level !== "far" && level !== "blocks";
}

/** Below this size on screen a card holds no name: a few letters of ten pixels beside its mark. */
const SMALLEST_CARD = { width: 48, height: 12 };

/**
 * Whether the cards of something without a name of its own (the nodes of a cluster, its classes) are drawn while those of
 * applications are not: a strip of states would say how many there are, and not which.
 */
export function showsMembers(block: Pick<Block, "title" | "cards">, level: Level, scale: number): boolean {
  if (level !== "blocks" || block.title !== "") return false;
  return block.cards.every(({ box }) => box.width * scale >= SMALLEST_CARD.width && box.height * scale >= SMALLEST_CARD.height);
}

export function showsCaptions(scale: number): boolean {
  return scale >= CAPTIONS_FROM;
}

/** The size in plane units at which a text of `natural` units is at least `smallest` pixels on screen. */
export function textSize(natural: number, scale: number, smallest = SMALLEST_NAME): number {
  return Math.max(natural, smallest / scale);
}
