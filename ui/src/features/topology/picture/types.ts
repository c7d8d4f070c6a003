/** The picture as the map holds it: the wire's meaning joined with its geometry. Immutable; a message makes a new one. */

import type { WireBadge } from "@/api/bindings/WireBadge";
import type { WireBlock } from "@/api/bindings/WireBlock";
import type { WireCard } from "@/api/bindings/WireCard";
import type { WireCounts } from "@/api/bindings/WireCounts";
import type { WireEnd } from "@/api/bindings/WireEnd";
import type { WireFrame } from "@/api/bindings/WireFrame";
import type { WireLink } from "@/api/bindings/WireLink";
import type { WireMeter } from "@/api/bindings/WireMeter";
import type { WirePod } from "@/api/bindings/WirePod";
import type { WireTally } from "@/api/bindings/WireTally";

import type { Box, Point } from "./geometry";
import type { Change } from "./splice";

export type Boxed<T> = T & { box: Box };

export interface Frame extends Omit<WireFrame, "badges"> {
  box: Box;
  badges: Array<Boxed<WireBadge>>;
}

/** Everything inside a block is relative to the block's own origin. */
export interface Card extends Omit<WireCard, "fullName" | "pods" | "tallies" | "badges" | "note" | "fullNote" | "meters" | "folded" | "aside"> {
  box: Box;
  /** Where it differs from the name. */
  fullName: string | null;
  pods: Array<WirePod & Point>;
  tallies: Array<Boxed<WireTally>>;
  badges: Array<Boxed<WireBadge>>;
  /** As drawn, and whole. */
  note: { text: string; full: string; box: Box } | null;
  meters: Array<Boxed<WireMeter>>;
  folded: number;
  /** No part in what the lens shows. */
  aside: boolean;
}

export type LinkEnd = Required<WireEnd>;

export interface Link extends Omit<WireLink, "from" | "to" | "inferred" | "label" | "corners"> {
  from: LinkEnd;
  to: LinkEnd;
  inferred: boolean;
  points: Point[];
  /** Extent of the route and its label. */
  box: Box;
  label: { text: string; box: Box } | null;
}

export interface Block extends Omit<WireBlock, "cards" | "links" | "cardsSplice" | "linksSplice"> {
  box: Box;
  cards: Card[];
  links: Link[];
}

/** What differs of a block from the one held. */
export interface BlockChange extends Omit<Block, "cards" | "links"> {
  cards: Change<Card>;
  links: Change<Link>;
}

export interface Picture {
  number: number;
  /** What questions about it name. */
  id: number;
  cluster: string;
  revision: number;
  title: string;
  subtitle: string;
  counts: WireCounts;
  gaps: string[];
  bounds: Box;
  frames: Frame[];
  blocks: ReadonlyMap<string, Block>;
  links: Link[];
}
