/** What has no part in what the lens shows: it stays in its place, and behind. */

import { ASIDE } from "@/api/bindings/look";

import type { Block } from "../picture/types";
import type { Pen } from "./pen";

/** Draws with what is left of something that stands back. */
export function drawAside({ context }: Pen, draw: () => void) {
  context.globalAlpha = ASIDE;
  draw();
  context.globalAlpha = 1;
}

/** Whether nothing in an application has a part. */
export function isAside(block: Pick<Block, "cards">): boolean {
  return block.cards.length > 0 && block.cards.every((card) => card.aside);
}
