/** The tokens as the canvas needs them, read from the same custom properties that the components use. */

import { HEALTH, type Health } from "@/components";

const TOKENS = {
  page: "--page",
  frame: "--frame",
  group: "--group",
  card: "--card",
  frameLine: "--frame-line",
  cardLine: "--card-line",
  text: "--text",
  text2: "--text-2",
  line: "--line",
  lineStrong: "--line-strong",
  ok: "--ok",
  warn: "--warn",
  fail: "--fail",
  done: "--done",
  neutral: "--neutral",
  accent: "--accent",
  warnText: "--warn-text",
  failText: "--fail-text",
  warnFill: "--warn-fill",
  failFill: "--fail-fill",
  iconFill: "--icon-fill",
} as const;

export type Palette = Record<keyof typeof TOKENS, string> & { sans: string; mono: string };

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const colours = Object.fromEntries(Object.entries(TOKENS).map(([key, name]) => [key, read(name)]));
  return { ...colours, sans: read("--sans"), mono: read("--mono") } as Palette;
}

export function healthColour(palette: Palette, health: Health): string {
  return palette[HEALTH[health].token];
}

/** How a card or block of this state is filled, lined and captioned; quiet where nothing is wrong. */
export function surface(palette: Palette, health: Health): { fill: string; line: string; caption: string } {
  if (health === "failing" || health === "missing") return { fill: palette.failFill, line: palette.fail, caption: palette.failText };
  if (health === "degraded" || health === "pending") return { fill: palette.warnFill, line: palette.warn, caption: palette.warnText };
  return { fill: palette.card, line: palette.cardLine, caption: palette.text2 };
}
