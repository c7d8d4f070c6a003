/** What hangs on cards: pills, counts by state, bars. */

import { asHealth } from "@/components";

import { readable, textSize } from "../map/level";
import type { Box } from "../picture/geometry";
import type { Card } from "../picture/types";
import { drawMark } from "./marks";
import { type Pen, lineWidth, roundedBox, setFont } from "./pen";

const BADGE_SIZE = 10.5;
const METER = { size: 10.5, label: 52, share: 36, bar: 6 };

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
  if (!readable(BADGE_SIZE, pen.scale)) return;
  setFont(pen, "regular", BADGE_SIZE);
  for (const card of cards) {
    for (const badge of card.badges) drawBadge(pen, badge.box, badge.text);
  }
}

export function drawTallies(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  const size = textSize(11, pen.scale, 8.5);
  setFont(pen, "regular", size);
  for (const card of cards) {
    for (const tally of card.tallies) {
      const middle = tally.box.y + tally.box.height / 2;
      drawMark(pen, asHealth(tally.health), tally.box.x + 5, middle, 5);
      context.fillStyle = palette.text;
      context.fillText(String(tally.count), tally.box.x + 14, middle + size * 0.36);
    }
  }
}

function drawMeterWords({ context, palette }: Pen, box: Box, label: string, share: number) {
  const baseline = box.y + box.height / 2 + METER.size * 0.36;
  context.fillStyle = palette.text2;
  context.fillText(label, box.x, baseline);
  context.textAlign = "right";
  context.fillText(`${Math.round(share * 100)}%`, box.x + box.width, baseline);
  context.textAlign = "left";
}

export function drawMeters(pen: Pen, cards: readonly Card[]) {
  const { context, palette } = pen;
  const words = readable(METER.size, pen.scale);
  setFont(pen, "regular", METER.size);
  for (const card of cards) {
    for (const meter of card.meters) {
      const { box } = meter;
      const middle = box.y + box.height / 2;
      const bar = Math.max(0, words ? box.width - METER.label - METER.share : box.width);
      const left = words ? box.x + METER.label : box.x;
      if (words) drawMeterWords(pen, box, meter.label, meter.share);
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
