/** Builds messages for tests: the inverse of `decode`, and a generator of pictures of any size. Not part of the product. */

import type { WireLink } from "@/api/bindings/WireLink";
import type { PictureHeader } from "@/api/bindings/PictureHeader";
import type { WireBlock } from "@/api/bindings/WireBlock";
import type { WireCard } from "@/api/bindings/WireCard";
import type { WireCounts } from "@/api/bindings/WireCounts";
import type { WireFrame } from "@/api/bindings/WireFrame";
import type { WireSplice } from "@/api/bindings/WireSplice";

import { HEALTH_ORDER } from "@/components";

import { EMPTY_VIEW } from "../view";

export function encode(header: PictureHeader, geometry: number[]): ArrayBuffer {
  let text = JSON.stringify(header);
  const bare = new TextEncoder().encode(text).byteLength;
  text += " ".repeat((4 - (bare % 4)) % 4);
  const head = new TextEncoder().encode(text);
  const message = new ArrayBuffer(4 + head.byteLength + geometry.length * 4);
  const view = new DataView(message);
  view.setUint32(0, head.byteLength, true);
  new Uint8Array(message, 4).set(head);
  geometry.forEach((value, at) => view.setFloat32(4 + head.byteLength + at * 4, value, true));
  return message;
}

export function counts(some: Partial<WireCounts> = {}): WireCounts {
  const none = { objects: 0, failing: 0, missing: 0, degraded: 0, pending: 0, unknown: 0, ok: 0, completed: 0, neutral: 0 };
  return { ...none, ...some };
}

/** Everything that is sent comes in, after nothing. */
function all(list: readonly unknown[] | undefined): WireSplice {
  return { gone: [], at: (list ?? []).map((_, at) => at), moved: [] };
}

export function header(some: Partial<PictureHeader> = {}): PictureHeader {
  return {
    number: 1,
    picture: 1,
    cluster: "demo",
    revision: 1,
    view: EMPTY_VIEW,
    title: "shop-eu-1",
    subtitle: "1 namespace",
    counts: counts(),
    gaps: [],
    frames: [],
    framesSplice: all(some.frames),
    blocks: [],
    moved: [],
    removed: [],
    links: [],
    linksSplice: all(some.links),
    changed: [],
    ...some,
  };
}

export function card(some: Partial<WireCard> = {}): WireCard {
  return {
    key: "apps/Deployment/shop/cart",
    look: "object",
    icon: "deployment",
    name: "cart",
    caption: "3 of 3 ready",
    health: "ok",
    status: "Available",
    ...some,
  };
}

export function frame(some: Partial<WireFrame> = {}): WireFrame {
  return { id: "ns:shop", title: "shop", subtitle: "1 object", counts: counts(), badges: [], ...some };
}

export function block(some: Partial<WireBlock> = {}): WireBlock {
  return { id: "app:shop/cart", frame: "ns:shop", title: "cart", subtitle: "1 object", counts: counts(), cards: [], cardsSplice: all(some.cards), links: [], linksSplice: all(some.links), ...some };
}

/** A picture of `total` cards in blocks of eight, frames of at most 40 blocks, with a pod, a link and every state in turn. */
export function generated(total: number): ArrayBuffer {
  const perBlock = 8;
  const blocksPerFrame = 40;
  const blockCount = Math.ceil(total / perBlock);
  const frameCount = Math.ceil(blockCount / blocksPerFrame);
  const across = Math.max(1, Math.ceil(Math.sqrt(frameCount / 4)));
  const frames: WireFrame[] = [];
  const blocks: WireBlock[] = [];
  const frameNumbers: number[] = [];
  const blockNumbers: number[] = [];
  for (let f = 0; f < frameCount; f += 1) {
    const x = (f % across) * 4600;
    const y = Math.floor(f / across) * 1420;
    frames.push(frame({ id: `ns:n${f}`, title: `namespace-${f}`, counts: counts({ objects: 320, failing: f % 5 === 0 ? 2 : 0, ok: 318 }) }));
    frameNumbers.push(x, y, 4560, 1380);
  }
  for (let b = 0; b < blockCount; b += 1) {
    const f = Math.floor(b / blocksPerFrame);
    const within = b % blocksPerFrame;
    const x = (f % across) * 4600 + 16 + (within % 5) * 908;
    const y = Math.floor(f / across) * 1420 + 44 + Math.floor(within / 5) * 166;
    const cards: WireCard[] = [];
    blockNumbers.push(x, y, 896, 154);
    for (let c = 0; c < perBlock && b * perBlock + c < total; c += 1) {
      const health = HEALTH_ORDER[(b * perBlock + c) % 23 < 8 ? (b * perBlock + c) % 23 : 5] ?? "ok";
      const name = `workload-${b}-${c}`;
      const cx = 12 + (c % 4) * 220;
      const cy = 30 + Math.floor(c / 4) * 60;
      cards.push(card({ key: `apps/Deployment/n${f}/${name}`, name, health, pods: c % 4 === 2 ? [{ key: `core/Pod/n${f}/${name}-0`, health }] : [] }));
      blockNumbers.push(cx, cy, 196, 46);
      if (c % 4 === 2) blockNumbers.push(cx + 42, cy + 30);
    }
    const links = cards.slice(1, 4).map((to, at): WireLink => ({
      from: { id: cards[at]?.key ?? "", block: false },
      to: { id: to.key, block: false },
      class: (["routes", "selects", "refers"] as const)[at] ?? "refers",
      state: "resolved",
      inferred: false,
      count: 1,
      corners: 2,
      ...(at === 0 ? { label: ":80" } : {}),
    }));
    links.forEach((link, at) => {
      const cx = 12 + at * 220 + 196;
      if (link.label !== undefined) blockNumbers.push(cx + 4, 36, 16, 12);
      blockNumbers.push(cx, 53, cx + 24, 53);
    });
    blocks.push(block({ id: `app:n${f}/app-${b}`, frame: `ns:n${f}`, title: `app-${b}`, counts: counts({ objects: cards.length, ok: cards.length }), cards, links }));
  }
  const rows = Math.ceil(frameCount / across);
  const bounds = [0, 0, across * 4600, rows * 1420];
  return encode(header({ frames, blocks, links: [], counts: counts({ objects: total, ok: total }) }), [...bounds, ...frameNumbers, ...blockNumbers]);
}
