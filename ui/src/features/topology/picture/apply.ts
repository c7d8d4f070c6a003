/** Joins a message to the picture before it, and says which parts of the plane must be drawn again. */

import type { PictureMessage } from "./decode";
import { type Box, type Point, grown, sameBox, shifted } from "./geometry";
import { spliced } from "./splice";
import type { Block, BlockChange, Card, Frame, Link, Picture } from "./types";

export interface Applied {
  picture: Picture;
  /** What to draw again; null for everything. */
  dirty: Box[] | null;
}

/** Badges and notes hang over a card's edge, labels over a line's: a changed block reaches this far beyond its box. */
const OVERHANG = 24;
const FRAME_HEAD = 56;

/** A message was lost: the picture must be asked for from the start. */
export class LostMessage extends Error {}

export function applyMessage(before: Picture | null, message: PictureMessage): Applied {
  const { header } = message;
  if (header.view !== undefined || before === null) {
    if (header.view === undefined) throw new LostMessage(`message ${header.number} came before any whole picture`);
    return { picture: whole(message), dirty: null };
  }
  if (header.number !== before.number + 1) throw new LostMessage(`message ${header.number} came after ${before.number}`);

  const blocks = new Map(before.blocks);
  const dirty: Box[] = [];
  const touch = (block: Block | undefined) => {
    if (block) dirty.push(grown(block.box, OVERHANG));
  };
  for (const id of header.removed) {
    touch(blocks.get(id));
    blocks.delete(id);
  }
  for (const change of message.blocks) {
    const old = blocks.get(change.id);
    const block = joined(old, change);
    touch(old);
    touch(block);
    blocks.set(block.id, block);
  }
  for (const { id, origin } of message.moved) {
    const old = blocks.get(id);
    if (!old) continue;
    const block = movedTo(old, origin);
    touch(old);
    touch(block);
    blocks.set(id, block);
  }
  const frames = spliced(before.frames, message.frames, movedFrame);
  const links = spliced(before.links, message.links, movedLink);
  if (frames !== before.frames) dirty.push(...dirtyFrames(before.frames, frames));
  if (links !== before.links) dirty.push(...dirtyLinks(before.links, links));
  const everything = !sameBox(before.bounds, message.bounds) && dirty.length > before.blocks.size;
  return {
    picture: { ...whole(message), frames, blocks, links },
    dirty: everything ? null : dirty,
  };
}

function whole(message: PictureMessage): Picture {
  const { number, picture: id, cluster, revision, title, subtitle, counts, gaps } = message.header;
  return {
    number,
    id,
    cluster,
    revision,
    title,
    subtitle,
    counts,
    gaps,
    bounds: message.bounds,
    frames: spliced([], message.frames, movedFrame),
    blocks: new Map(message.blocks.map((change) => [change.id, joined(undefined, change)])),
    links: spliced([], message.links, movedLink),
  };
}

function joined(held: Block | undefined, change: BlockChange): Block {
  const { cards, links, ...rest } = change;
  return { ...rest, cards: spliced(held?.cards ?? [], cards, movedCard), links: spliced(held?.links ?? [], links, movedLink) };
}

function movedBox<T extends { box: Box }>(part: T, by: Point): T {
  return { ...part, box: shifted(part.box, by) };
}

function movedPoint<T extends Point>(point: T, by: Point): T {
  return { ...point, x: point.x + by.x, y: point.y + by.y };
}

function movedFrame(frame: Frame, by: Point): Frame {
  return { ...movedBox(frame, by), badges: frame.badges.map((badge) => movedBox(badge, by)) };
}

function movedCard(card: Card, by: Point): Card {
  return {
    ...movedBox(card, by),
    pods: card.pods.map((pod) => movedPoint(pod, by)),
    tallies: card.tallies.map((tally) => movedBox(tally, by)),
    badges: card.badges.map((badge) => movedBox(badge, by)),
    note: card.note && movedBox(card.note, by),
    meters: card.meters.map((meter) => movedBox(meter, by)),
  };
}

function movedLink(link: Link, by: Point): Link {
  return { ...movedBox(link, by), points: link.points.map((point) => movedPoint(point, by)), label: link.label && movedBox(link.label, by) };
}

function movedTo(block: Block, origin: Point): Block {
  return { ...block, box: { ...block.box, x: origin.x, y: origin.y } };
}

function dirtyFrames(before: Frame[], after: Frame[]): Box[] {
  const old = new Map(before.map((frame) => [frame.id, frame]));
  const dirty: Box[] = [];
  for (const frame of after) {
    const was = old.get(frame.id);
    old.delete(frame.id);
    if (was === undefined) dirty.push(grown(frame.box, OVERHANG));
    else if (!sameBox(was.box, frame.box)) dirty.push(grown(was.box, OVERHANG), grown(frame.box, OVERHANG));
    else if (!sameHead(was, frame)) dirty.push({ ...frame.box, height: FRAME_HEAD });
  }
  for (const gone of old.values()) dirty.push(grown(gone.box, OVERHANG));
  return dirty;
}

function sameHead(a: Frame, b: Frame): boolean {
  const shown = ({ title, subtitle, counts, badges }: Frame) => JSON.stringify([title, subtitle, counts, badges]);
  return shown(a) === shown(b);
}

function dirtyLinks(before: Link[], after: Link[]): Box[] {
  const old = new Map(before.map((link) => [linkSignature(link), link]));
  const dirty: Box[] = [];
  for (const link of after) {
    if (!old.delete(linkSignature(link))) dirty.push(grown(link.box, OVERHANG));
  }
  for (const gone of old.values()) dirty.push(grown(gone.box, OVERHANG));
  return dirty;
}

function linkSignature(link: Link): string {
  const route = link.points.map((point) => `${point.x},${point.y}`).join(" ");
  return `${link.from.id}>${link.to.id} ${link.class} ${link.state} ${link.inferred ? "inferred" : "stated"} ${link.count} ${link.label?.text ?? ""} ${route}`;
}
