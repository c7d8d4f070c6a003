/** The outline: the same frames, applications and cards as the map, as a tree of rows. Pure. */

import type { Health } from "@/api/bindings/Health";
import { HEALTH_ORDER, worstOf } from "@/components";

import { kindOf, nameOf } from "../keys";
import { framesInOrder } from "../picture/order";
import type { Block, Card, Frame, Picture } from "../picture/types";
import { type CutName, cutNames } from "./cut";

export interface Row {
  id: string;
  sort: "frame" | "block" | "card" | "pod";
  title: string;
  /** The title, with the part that must not be cut away apart. */
  cut: CutName;
  /** Kind of the object; empty for what is none. */
  kind: string;
  /** The kind is written out: a sibling has the same name. */
  namesake: boolean;
  /** Name of the drawing of its kind; empty where it has none. */
  icon: string;
  /** For the screen reader and the tooltip; the card's second line. */
  caption: string;
  health: Health;
  count: number | null;
  level: number;
  /** Null where there is nothing inside. */
  open: boolean | null;
  /** Place among its siblings, from 1. */
  position: number;
  siblings: number;
  parent: string | null;
}

/** How siblings follow each other: by name, to be found; or the worst first, where problems are what is looked for. */
export type Order = "name" | "worst";

/** Rows that are to be shown, given which ids are open. Blocks without a title (a lane's only one) are left out as a level. */
export function rowsOf(picture: Picture, open: ReadonlySet<string>, order: Order = "name"): Row[] {
  const blocks = new Map<string, Block[]>();
  for (const block of picture.blocks.values()) {
    const list = blocks.get(block.frame);
    if (list) list.push(block);
    else blocks.set(block.frame, [block]);
  }
  const rows: Row[] = [];
  const frames = framesIn(picture, order);
  const frameCuts = cutsOf(frames.map((frame) => ({ title: frame.title, kind: "", icon: "" })));
  frames.forEach((frame, at) => {
    const inside = blocks.get(frame.id) ?? [];
    const isOpen = open.has(frame.id);
    rows.push({
      id: frame.id,
      sort: "frame",
      ...(frameCuts[at] as (typeof frameCuts)[number]),
      caption: frame.subtitle,
      health: worstOf(frame.counts),
      count: frame.counts.objects,
      level: 1,
      open: inside.length > 0 ? isOpen : null,
      position: at + 1,
      siblings: picture.frames.length,
      parent: null,
    });
    if (isOpen) pushBlocks(rows, inside, frame.id, { open, order });
  });
  return rows;
}

/** What is shown, and in which order. */
interface Shown {
  open: ReadonlySet<string>;
  order: Order;
}

/** Namespaces, then what belongs to none: lanes keep the map's order, which is one of meaning. */
function framesIn(picture: Picture, order: Order): Frame[] {
  const isLane = (frame: Frame) => (frame.id.startsWith("ns:") ? 0 : 1);
  const byTitle = (a: Frame, b: Frame) => isLane(a) - isLane(b) || (isLane(a) === 1 ? 0 : collator.compare(a.title, b.title));
  return framesInOrder(picture).toSorted((a, b) => severity(order, worstOf(a.counts)) - severity(order, worstOf(b.counts)) || byTitle(a, b));
}

/** Less is worse; all alike where the order is by name. */
function severity(order: Order, health: Health): number {
  return order === "worst" ? HEALTH_ORDER.indexOf(health) : 0;
}

type Named = Pick<Row, "title" | "kind" | "icon">;

/** What siblings are called, each told from all others. */
function cutsOf(siblings: readonly Named[]): Array<Named & Pick<Row, "cut" | "namesake">> {
  const number = new Map<string, number>();
  for (const { title } of siblings) number.set(title, (number.get(title) ?? 0) + 1);
  const cuts = cutNames(siblings.map(({ title }) => title));
  return siblings.map((named, at) => ({ ...named, cut: cuts[at] as CutName, namesake: named.kind !== "" && (number.get(named.title) ?? 0) > 1 }));
}

function byName(a: Named, b: Named): number {
  return collator.compare(a.title, b.title) || collator.compare(a.kind, b.kind);
}

/** Numbers by their value: `db-2` stands before `db-10`. */
const collator = new Intl.Collator("en", { numeric: true });

function named(card: Card): Named & { card: Card } {
  return { title: card.fullName ?? card.name, kind: kindOf(card.key), icon: card.icon, card };
}

function pushBlocks(rows: Row[], blocks: Block[], frame: string, shown: Shown) {
  const { open, order } = shown;
  const titled = blocks.filter((block) => block.title !== "").toSorted((a, b) => severity(order, worstOf(a.counts)) - severity(order, worstOf(b.counts)) || collator.compare(a.title, b.title));
  const loose = blocks.filter((block) => block.title === "").flatMap((block) => block.cards);
  const siblings = titled.length + loose.length;
  const cuts = cutsOf(titled.map((block) => ({ title: block.title, kind: "", icon: "" })));
  titled.forEach((block, at) => {
    const isOpen = open.has(block.id);
    rows.push({
      id: block.id,
      sort: "block",
      ...(cuts[at] as (typeof cuts)[number]),
      caption: block.subtitle,
      health: worstOf(block.counts),
      count: block.counts.objects,
      level: 2,
      open: block.cards.length > 0 ? isOpen : null,
      position: at + 1,
      siblings,
      parent: frame,
    });
    if (isOpen) pushCards(rows, block.cards, block.id, 3, 0, block.cards.length, shown);
  });
  pushCards(rows, loose, frame, 2, titled.length, siblings, shown);
}

function pushCards(rows: Row[], cards: readonly Card[], parent: string, level: number, before: number, siblings: number, { open, order }: Shown) {
  const inOrder = cards.map(named).toSorted((a, b) => severity(order, a.card.health) - severity(order, b.card.health) || byName(a, b));
  const cuts = cutsOf(inOrder);
  inOrder.forEach(({ card }, at) => {
    const isOpen = open.has(card.key);
    const { title, kind, icon, cut, namesake } = cuts[at] as (typeof cuts)[number];
    rows.push({
      id: card.key,
      sort: "card",
      title,
      kind,
      icon,
      cut,
      namesake,
      caption: card.caption,
      health: card.health,
      count: card.pods.length > 0 ? card.pods.length : null,
      level,
      open: card.pods.length > 0 ? isOpen : null,
      position: before + at + 1,
      siblings,
      parent,
    });
    if (isOpen) pushPods(rows, card, level + 1, order);
  });
}

function pushPods(rows: Row[], card: Card, level: number, order: Order) {
  const health = new Map(card.pods.map((pod) => [pod.key, pod.health]));
  const worse = (key: string) => severity(order, health.get(key) ?? "unknown");
  const inOrder = card.pods.map((pod) => ({ title: nameOf(pod.key), kind: "Pod", icon: "pod", key: pod.key })).toSorted((a, b) => worse(a.key) - worse(b.key) || byName(a, b));
  const cuts = cutsOf(inOrder);
  inOrder.forEach(({ key }, place) => {
    const { title, kind, icon, cut, namesake } = cuts[place] as (typeof cuts)[number];
    rows.push({
      id: key,
      sort: "pod",
      title,
      kind,
      icon,
      cut,
      namesake,
      caption: "",
      health: health.get(key) ?? "unknown",
      count: null,
      level,
      open: null,
      position: place + 1,
      siblings: card.pods.length,
      parent: card.key,
    });
  });
}

/** Small clusters begin with their namespaces open: the applications fit on a screen. */
const OPEN_UP_TO = 40;

export function firstOpen(picture: Picture | null): ReadonlySet<string> {
  if (picture === null || picture.blocks.size > OPEN_UP_TO) return new Set();
  return new Set(picture.frames.filter((frame) => frame.id.startsWith("ns:")).map((frame) => frame.id));
}

/** What must be open for an object to have a row. */
export function ancestorsOf(picture: Picture, id: string): string[] {
  for (const block of picture.blocks.values()) {
    if (block.id === id) return [block.frame];
    for (const card of block.cards) {
      if (card.key === id) return [block.frame, block.id];
      if (card.pods.some((pod) => pod.key === id)) return [block.frame, block.id, card.key];
    }
  }
  return [];
}

export type Step = { go: string } | { open: string } | { close: string } | null;

/** The keys of an ARIA tree, and of the hand that knows j and k. */
export function treeStep(rows: readonly Row[], current: string | null, key: string): Step {
  const at = rows.findIndex((row) => row.id === current);
  const row = rows[at];
  const go = (index: number): Step => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
    return target ? { go: target.id } : null;
  };
  switch (key) {
    case "ArrowDown":
    case "j":
      return go(at + 1);
    case "ArrowUp":
    case "k":
      return go(at < 0 ? 0 : at - 1);
    case "Home":
      return go(0);
    case "End":
    case "G":
      return go(rows.length - 1);
    case "ArrowRight":
      if (!row) return null;
      if (row.open === false) return { open: row.id };
      return row.open ? go(at + 1) : null;
    case "ArrowLeft":
      if (!row) return null;
      if (row.open) return { close: row.id };
      return row.parent === null ? null : { go: row.parent };
    default:
      return null;
  }
}

/** Type-ahead: the next row, from the current one on, whose title begins with what was typed. */
export function typedAhead(rows: readonly Row[], current: string | null, typed: string): string | null {
  const wanted = typed.toLowerCase();
  const at = Math.max(0, rows.findIndex((row) => row.id === current));
  // While a word is being typed the current row may go on matching; a single letter moves on.
  const from = typed.length > 1 ? at : at + 1;
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(from + step) % rows.length];
    if (row?.title.toLowerCase().startsWith(wanted)) return row.id;
  }
  return null;
}
