/** What hangs on cards: pills, counts by state, bars. */

import { MEASURES } from "@/api/bindings/look";

import { readable, textSize } from "../map/level";
import type { Box } from "../picture/geometry";
import type { Card } from "../picture/types";
import { drawPod } from "./marks";
import { type Pen, crispBox, paintShape, roundedBox, setText } from "./pen";
import { texts } from "./theme";

/** A pill with a word. */
export function drawBadge(pen: Pen, box: Box, text: string) {
  const { context } = pen;
  crispBox(context, box, (box.height - 1) / 2);
  paintShape(pen, "pill");
  setText(pen, "badge");
  context.textAlign = "center";
  context.fillText(text, box.x + box.width / 2, box.y + box.height / 2 + MEASURES.smallBase);
  context.textAlign = "left";
}

export function drawBadges(pen: Pen, cards: readonly Card[]) {
  if (!readable(texts.badge.size, pen.scale)) return;
  for (const card of cards) {
    for (const badge of card.badges) drawBadge(pen, badge.box, badge.text);
  }
}

export function drawTallies(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const size = textSize(texts.tally.size, pen.scale, 8.5);
  const base = (MEASURES.tallyBase * size) / texts.tally.size;
  for (const card of cards) {
    for (const tally of card.tallies) {
      const middle = tally.box.y + tally.box.height / 2;
      drawPod(pen, tally.health, tally.box.x, middle - MEASURES.pod / 2);
      setText(pen, "tally", size);
      context.fillText(String(tally.count), tally.box.x + MEASURES.tallyText, middle + base);
    }
  }
}

function drawMeterWords({ context }: Pen, box: Box, label: string, share: number) {
  const baseline = box.y + box.height / 2 + MEASURES.smallBase;
  context.fillText(label, box.x, baseline);
  context.textAlign = "right";
  context.fillText(`${Math.round(share * 100)}%`, box.x + box.width, baseline);
  context.textAlign = "left";
}

export function drawMeters(pen: Pen, cards: readonly Card[]) {
  const { context } = pen;
  const { meterWord, meterFigure, meterBar } = MEASURES;
  const words = readable(texts["meter-text"].size, pen.scale);
  for (const card of cards) {
    for (const meter of card.meters) {
      const { box } = meter;
      const top = box.y + (box.height - meterBar) / 2;
      const bar = Math.max(words ? meterBar : 0, words ? box.width - meterWord - meterFigure : box.width);
      const left = words ? box.x + meterWord : box.x;
      if (words) {
        setText(pen, "meter-text");
        drawMeterWords(pen, box, meter.label, meter.share);
      }
      roundedBox(context, left, top, bar, meterBar, meterBar / 2);
      paintShape(pen, "tile");
      const used = Math.max(meterBar, bar * Math.min(1, Math.max(0, meter.share)));
      roundedBox(context, left, top, used, meterBar, meterBar / 2);
      paintShape(pen, meter.high ? "meter-high" : "meter");
    }
  }
}
