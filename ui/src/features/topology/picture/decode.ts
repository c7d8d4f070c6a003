/** Reads one binary message of the picture stream (format: `types/picture.rs` of the api crate). Throws on a torn one. */

import type { PictureHeader } from "@/api/bindings/PictureHeader";
import type { WireBadge } from "@/api/bindings/WireBadge";
import type { WireBlock } from "@/api/bindings/WireBlock";
import type { WireCard } from "@/api/bindings/WireCard";
import type { WireEnd } from "@/api/bindings/WireEnd";
import type { WireFrame } from "@/api/bindings/WireFrame";
import type { WireLink } from "@/api/bindings/WireLink";
import type { WireSplice } from "@/api/bindings/WireSplice";

import { type Box, type Point, boundsOf } from "./geometry";
import type { Change } from "./splice";
import type { BlockChange, Boxed, Card, Frame, Link, LinkEnd } from "./types";

/** Lists are told as what differs from those held. */
export interface PictureMessage {
  header: PictureHeader;
  bounds: Box;
  frames: Change<Frame>;
  blocks: BlockChange[];
  moved: Array<{ id: string; origin: Point }>;
  links: Change<Link>;
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
  const frames = readList(header.frames, header.framesSplice, readFrame, geometry);
  const blocks = header.blocks.map((block) => readBlock(block, geometry));
  const moved = header.moved.map((id) => ({ id, origin: geometry.point() }));
  const links = readList(header.links, header.linksSplice, readLink, geometry);
  if (geometry.left !== 0) throw new RangeError(`the picture message has ${geometry.left} bytes too many`);
  return { header, bounds, frames, blocks, moved, links };
}

function readList<W, T>(wire: W[], splice: WireSplice, read: (entry: W, geometry: Geometry) => T, geometry: Geometry): Change<T> {
  const sent = wire.map((entry) => read(entry, geometry));
  return { splice, sent, by: splice.moved.map(() => geometry.point()) };
}

function readBadges(badges: WireBadge[], geometry: Geometry): Array<Boxed<WireBadge>> {
  return badges.map((badge) => ({ ...badge, box: geometry.box() }));
}

function readFrame(frame: WireFrame, geometry: Geometry): Frame {
  const box = geometry.box();
  return { ...frame, box, badges: readBadges(frame.badges, geometry) };
}

function readBlock(block: WireBlock, geometry: Geometry): BlockChange {
  const { cardsSplice, linksSplice, ...rest } = block;
  const box = geometry.box();
  const cards = readList(block.cards, cardsSplice, readCard, geometry);
  const links = readList(block.links, linksSplice, readLink, geometry);
  return { ...rest, box, cards, links };
}

/** What is empty, zero or false is absent on the wire. */
function readCard(wire: WireCard, geometry: Geometry): Card {
  const { fullName = null, fullNote, folded = 0, aside = false, ...card } = wire;
  const box = geometry.box();
  const pods = (wire.pods ?? []).map((pod) => ({ ...pod, ...geometry.point() }));
  const tallies = (wire.tallies ?? []).map((tally) => ({ ...tally, box: geometry.box() }));
  const badges = readBadges(wire.badges ?? [], geometry);
  const note = wire.note === undefined ? null : { text: wire.note, full: fullNote ?? wire.note, box: geometry.box() };
  const meters = (wire.meters ?? []).map((meter) => ({ ...meter, box: geometry.box() }));
  return { ...card, fullName, folded, aside, box, pods, tallies, badges, note, meters };
}

function readEnd({ id, block = false }: WireEnd): LinkEnd {
  return { id, block };
}

function readLink(wire: WireLink, geometry: Geometry): Link {
  const { corners, label: text, from, to, inferred = false, ...rest } = wire;
  const label = text === undefined ? null : { text, box: geometry.box() };
  const points = Array.from({ length: corners }, () => geometry.point());
  const ends = label === null ? points : [...points, label.box, { x: label.box.x + label.box.width, y: label.box.y + label.box.height }];
  return { ...rest, from: readEnd(from), to: readEnd(to), inferred, label, points, box: boundsOf(ends) };
}
