/** Reads one binary message of the picture stream (format: `types/picture.rs` of the api crate). Throws on a torn one. */

import type { PictureHeader } from "@/api/bindings/PictureHeader";
import type { WireBadge } from "@/api/bindings/WireBadge";
import type { WireBlock } from "@/api/bindings/WireBlock";
import type { WireCard } from "@/api/bindings/WireCard";
import type { WireFrame } from "@/api/bindings/WireFrame";
import type { WireLink } from "@/api/bindings/WireLink";

import { type Box, type Point, boundsOf } from "./geometry";
import type { BlockChange, Boxed, Card, Frame, Link } from "./types";

/** Lists hold what is new or changed; the splices of the header say how it joins what is held. */
export interface PictureMessage {
  header: PictureHeader;
  bounds: Box;
  frames: Frame[];
  blocks: BlockChange[];
  moved: Array<{ id: string; origin: Point }>;
  links: Link[];
}

/** Takes numbers one after another; running out is an error, not a NaN that draws nothing. */
class Geometry {
  private at: number;
  private readonly view: DataView;

  constructor(message: ArrayBuffer, start: number) {
    this.view = new DataView(message);
    this.at = start;
  }

  next(): number {
    if (this.at + 4 > this.view.byteLength) throw new RangeError("the picture message ends before its geometry does");
    const value = this.view.getFloat32(this.at, true);
    this.at += 4;
    return value;
  }

  point(): Point {
    return { x: this.next(), y: this.next() };
  }

  box(): Box {
    return { x: this.next(), y: this.next(), width: this.next(), height: this.next() };
  }

  get left(): number {
    return this.view.byteLength - this.at;
  }
}

export function decode(message: ArrayBuffer): PictureMessage {
  if (message.byteLength < 4) throw new RangeError("the picture message is too short for its length");
  const length = new DataView(message).getUint32(0, true);
  if (4 + length > message.byteLength) throw new RangeError("the picture message ends before its header does");
  const text = new TextDecoder().decode(new Uint8Array(message, 4, length));
  const header = JSON.parse(text) as PictureHeader;
  const geometry = new Geometry(message, 4 + length);

  const bounds = geometry.box();
  const frames = header.frames.map((frame) => readFrame(frame, geometry));
  const blocks = header.blocks.map((block) => readBlock(block, geometry));
  const moved = header.moved.map((id) => ({ id, origin: geometry.point() }));
  const links = header.links.map((link) => readLink(link, geometry));
  if (geometry.left !== 0) throw new RangeError(`the picture message has ${geometry.left} bytes too many`);
  return { header, bounds, frames, blocks, moved, links };
}

function readBadges(badges: WireBadge[], geometry: Geometry): Array<Boxed<WireBadge>> {
  return badges.map((badge) => ({ ...badge, box: geometry.box() }));
}

function readFrame(frame: WireFrame, geometry: Geometry): Frame {
  const box = geometry.box();
  return { ...frame, box, badges: readBadges(frame.badges, geometry) };
}

function readBlock(block: WireBlock, geometry: Geometry): BlockChange {
  const box = geometry.box();
  const cards = block.cards.map((card) => readCard(card, geometry));
  const links = block.links.map((link) => readLink(link, geometry));
  return { ...block, box, cards, links };
}

function readCard(card: WireCard, geometry: Geometry): Card {
  const box = geometry.box();
  const pods = card.pods.map((pod) => ({ ...pod, ...geometry.point() }));
  const tallies = card.tallies.map((tally) => ({ ...tally, box: geometry.box() }));
  const badges = readBadges(card.badges, geometry);
  const note = card.note === null ? null : { text: card.note, box: geometry.box() };
  const meters = card.meters.map((meter) => ({ ...meter, box: geometry.box() }));
  return { ...card, box, pods, tallies, badges, note, meters };
}

function readLink(link: WireLink, geometry: Geometry): Link {
  const { corners, label: text, ...rest } = link;
  const label = text === null ? null : { text, box: geometry.box() };
  const points = Array.from({ length: corners }, () => geometry.point());
  const ends = label === null ? points : [...points, label.box, { x: label.box.x + label.box.width, y: label.box.y + label.box.height }];
  return { ...rest, label, points, box: boundsOf(ends) };
}
