/** Finds what lies in a rectangle or under the pointer. Built anew per message: a few milliseconds at 10,000 cards. */

import Flatbush from "flatbush";

import { MEASURES } from "@/api/bindings/look";

import { type Box, type Point, contains, distanceToSegment, grown, overlaps, shifted } from "../picture/geometry";
import type { Block, Card, Frame, Link, Picture } from "../picture/types";
import { type Level, showsCards } from "./level";

/** What is under the pointer. */
export type Hit =
  | { sort: "pod"; key: string; card: string; block: string }
  /** On a card, or on the head of a frame. */
  | { sort: "badge"; key: string | null; text: string; card: string | null; block: string }
  | { sort: "card"; key: string; block: string }
  | { sort: "link"; from: string; to: string; link: Link; block: string | null }
  | { sort: "block"; id: string }
  | { sort: "frame"; id: string };

export class Spatial {
  readonly picture: Picture;
  private readonly blocks: Block[];
  private readonly blockTree: Flatbush | null;
  private readonly linkTree: Flatbush | null;
  private readonly cards = new Map<string, { block: Block; card: Card }>();
  private readonly pods = new Map<string, string>();

  constructor(picture: Picture) {
    this.picture = picture;
    this.blocks = [...picture.blocks.values()];
    // Badges and notes hang over the edge of their block.
    this.blockTree = treeOf(this.blocks.map((block) => grown(block.box, 16)));
    this.linkTree = treeOf(picture.links.map((link) => link.box));
    for (const block of this.blocks) {
      for (const card of block.cards) {
        this.cards.set(card.key, { block, card });
        for (const pod of card.pods) this.pods.set(pod.key, card.key);
      }
    }
  }

  blocksIn(area: Box): Block[] {
    return found(this.blockTree, this.blocks, area);
  }

  linksIn(area: Box): Link[] {
    return found(this.linkTree, this.picture.links, area);
  }

  framesIn(area: Box): Frame[] {
    return this.picture.frames.filter((frame) => overlaps(frame.box, area));
  }

  /** The card of an object: its own, or the one it lies in as a pod. */
  cardOf(key: string): { block: Block; card: Card } | undefined {
    return this.cards.get(key) ?? this.cards.get(this.pods.get(key) ?? "");
  }

  allCards(): IterableIterator<{ block: Block; card: Card }> {
    return this.cards.values();
  }

  /** Where an object, block or frame is, absolute. */
  boxOf(id: string): Box | undefined {
    const found = this.cardOf(id);
    if (found) {
      const pod = found.card.key === id ? undefined : found.card.pods.find((each) => each.key === id);
      const box = pod ? { x: pod.x, y: pod.y, width: MEASURES.pod, height: MEASURES.pod } : found.card.box;
      return shifted(box, found.block.box);
    }
    return this.picture.blocks.get(id)?.box ?? this.picture.frames.find((frame) => frame.id === id)?.box;
  }

  /** Where the pill of an object without a card is, absolute: that on a frame, else that on the first card. */
  badgeOf(key: string): Box | undefined {
    for (const frame of this.picture.frames) {
      const badge = frame.badges.find((each) => each.key === key);
      if (badge) return badge.box;
    }
    for (const { block, card } of this.cards.values()) {
      const badge = card.badges.find((each) => each.key === key);
      if (badge) return shifted(badge.box, block.box);
    }
    return undefined;
  }

  hit(at: Point, level: Level, scale: number): Hit | null {
    const slack = 4 / scale;
    const area = { x: at.x - slack, y: at.y - slack, width: 2 * slack, height: 2 * slack };
    const near = this.blocksIn(area);
    if (showsCards(level)) {
      for (const block of near) {
        const hit = hitInBlock(block, at, slack);
        if (hit) return hit;
      }
      const line = nearestLink(this.linksIn(area), at, slack);
      if (line) return { sort: "link", from: line.from.id, to: line.to.id, link: line, block: null };
    }
    if (level !== "far") {
      const block = near.find((each) => contains(each.box, at.x, at.y));
      if (block && block.title !== "") return { sort: "block", id: block.id };
    }
    const frame = this.picture.frames.find((each) => contains(each.box, at.x, at.y));
    const badge = level === "far" ? undefined : frame?.badges.find((each) => contains(each.box, at.x, at.y));
    if (frame && badge) return { sort: "badge", key: badge.key, text: badge.text, card: null, block: frame.id };
    return frame ? { sort: "frame", id: frame.id } : null;
  }
}

function treeOf(boxes: Box[]): Flatbush | null {
  if (boxes.length === 0) return null;
  const tree = new Flatbush(boxes.length);
  for (const box of boxes) tree.add(box.x, box.y, box.x + box.width, box.y + box.height);
  tree.finish();
  return tree;
}

function found<T>(tree: Flatbush | null, all: T[], area: Box): T[] {
  if (tree === null) return [];
  // In the order of the picture, so that what overlaps is always drawn the same way.
  const ids = tree.search(area.x, area.y, area.x + area.width, area.y + area.height).toSorted((a, b) => a - b);
  return ids.map((id) => all[id] as T);
}

function hitInBlock(block: Block, at: Point, slack: number): Hit | null {
  const x = at.x - block.box.x;
  const y = at.y - block.box.y;
  for (const card of block.cards) {
    const badge = card.badges.find((each) => contains(each.box, x, y));
    if (badge) return { sort: "badge", key: badge.key, text: badge.text, card: card.key, block: block.id };
    if (!contains(card.box, x, y)) continue;
    const pod = card.pods.find((each) => contains({ x: each.x, y: each.y, width: MEASURES.pod, height: MEASURES.pod }, x, y, 1));
    if (pod) return { sort: "pod", key: pod.key, card: card.key, block: block.id };
    return { sort: "card", key: card.key, block: block.id };
  }
  const line = nearestLink(block.links, { x, y }, slack);
  return line ? { sort: "link", from: line.from.id, to: line.to.id, link: line, block: block.id } : null;
}

function nearestLink(links: Link[], at: Point, slack: number): Link | null {
  let best: Link | null = null;
  let least = slack * slack;
  for (const link of links) {
    if (link.label && contains(link.label.box, at.x, at.y)) return link;
    if (!contains(link.box, at.x, at.y, slack)) continue;
    for (let i = 1; i < link.points.length; i += 1) {
      const distance = distanceToSegment(at.x, at.y, link.points[i - 1] as Point, link.points[i] as Point);
      if (distance <= least) {
        least = distance;
        best = link;
      }
    }
  }
  return best;
}
