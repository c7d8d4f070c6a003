/** From card to card by key: in a direction on the plane, or along the reading order. Pure. */

import { type Box, contains, shifted } from "../picture/geometry";
import type { Picture } from "../picture/types";
import type { Direction } from "./keys";
import type { Spatial } from "./spatial";

/** Keys of all cards, frame by frame, block by block. */
export function readingOrder(picture: Picture): string[] {
  const byFrame = new Map<string, string[]>(picture.frames.map((frame) => [frame.id, []]));
  for (const block of picture.blocks.values()) {
    const keys = byFrame.get(block.frame);
    for (const card of block.cards) keys?.push(card.key);
  }
  return [...byFrame.values()].flat();
}

export function stepped(order: readonly string[], from: string | null, by: 1 | -1): string | null {
  const at = from === null ? -1 : order.indexOf(from);
  if (at < 0) return (by === 1 ? order[0] : order.at(-1)) ?? null;
  return order[Math.min(order.length - 1, Math.max(0, at + by))] ?? null;
}

/** The nearest card in a direction: distance along it counts once, distance aside counts twice. */
export function neighbourOf(spatial: Spatial, from: string, direction: Direction): string | null {
  const start = spatial.cardOf(from);
  if (!start) return null;
  const origin = middle(shifted(start.card.box, start.block.box));
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { block, card } of spatial.allCards()) {
    if (card.key === start.card.key) continue;
    const at = middle(shifted(card.box, block.box));
    const dx = at.x - origin.x;
    const dy = at.y - origin.y;
    const along = { left: -dx, right: dx, up: -dy, down: dy }[direction];
    const aside = direction === "left" || direction === "right" ? Math.abs(dy) : Math.abs(dx);
    if (along <= 1 || aside > along * 2.5) continue;
    const cost = along + 2 * aside;
    if (cost < least) {
      least = cost;
      best = card.key;
    }
  }
  return best;
}

/** The card nearest to a point, for the first press of an arrow. */
export function nearestTo(spatial: Spatial, x: number, y: number): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const { block, card } of spatial.allCards()) {
    const at = middle(shifted(card.box, block.box));
    const distance = (at.x - x) ** 2 + (at.y - y) ** 2;
    if (distance < least) {
      least = distance;
      best = card.key;
    }
  }
  return best;
}

/** Titles of the frame and block around the middle of `seen`, as far as their heads are not in it. */
export function whereabouts(picture: Picture, seen: Box): string[] {
  const { x, y } = middle(seen);
  const frame = picture.frames.find((each) => contains(each.box, x, y));
  if (!frame || headSeen(frame.box, seen)) return [];
  const block = [...picture.blocks.values()].find((each) => each.title !== "" && contains(each.box, x, y));
  return block && !headSeen(block.box, seen) ? [frame.title, block.title] : [frame.title];
}

function headSeen(box: Box, seen: Box): boolean {
  return contains(seen, box.x + 20, box.y + 14);
}

function middle(box: Box) {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
