/** What hangs on cards: pills, counts by state, bars. */

import { asHealth } from "@/components";

import type { Box } from "../picture/geometry";
import type { Card } from "../picture/types";
import { drawMark } from "./marks";
import { type Pen, lineWidth, roundedBox, setFont } from "./pen";

const BADGE_SIZE = 10.5;
const METER = { label: 52, share: 36, bar: 6 };

export function drawBadge(pen: Pen, box: Box, text: string) {
  const { context, palette } = pen;
  context.fillStyle = palette.card;
  context.strokeStyle = palette.cardLine;
  context.lineWidth = lineWidth(pen, 1);
  roundedBox(context, box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1, box.height / 2);
  context.fill();
  context.stroke();
  context.fillStyle = palette.text2;
  context.textAlign = "center";
  context.fillText(text, box.x + box.width / 2, box.y + box.height / 2 + BADGE_SIZE * 0.36);
  context.textAlign = "left";
}

export function drawBadges(pen: Pen, cards: readonly Card[]) {
  setFont(pen, "regular", BADGE_SIZE);
  for (const card of cards) {
    for (const badge of card.badges) drawBadge(pen, badge.box, badge.text);
  }
}

export function drawTallies(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  setFont(pen, "semibold", 11);
  for (const card of cards) {
    for (const tally of card.tallies) {
      const middle = tally.box.y + tally.box.height / 2;
      drawMark(pen, asHealth(tally.health), tally.box.x + 5, middle, 5);
      context.fillStyle = palette.text;
      context.fillText(String(tally.count), tally.box.x + 14, middle + 4);
    }
  }
}

export function drawMeters(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  setFont(pen, "regular", 10.5);
  for (const card of cards) {
    for (const meter of card.meters) {
      const { box } = meter;
      const middle = box.y + box.height / 2;
      const bar = Math.max(0, box.width - METER.label - METER.share);
      const left = box.x + METER.label;
      context.fillStyle = palette.text2;
      context.fillText(meter.label, box.x, middle + 3.8);
      context.textAlign = "right";
      context.fillText(`${Math.round(meter.share * 100)}%`, box.x + box.width, middle + 3.8);
      context.textAlign = "left";
      context.fillStyle = palette.iconFill;
      roundedBox(context, left, middle - METER.bar / 2, bar, METER.bar, 3);
      context.fill();
      const used = bar * Math.min(1, Math.max(0, meter.share));
      if (used < 1) continue;
      context.fillStyle = meter.high ? palette.warn : palette.lineStrong;
      roundedBox(context, left, middle - METER.bar / 2, used, METER.bar, 3);
      context.fill();
    }
  }
}
