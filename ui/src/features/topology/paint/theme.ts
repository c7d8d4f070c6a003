/** The look that canvas and files share: colours from the custom properties, shapes and texts from the generated tables. */

import { COLOURS, SHAPES, TEXTS } from "@/api/bindings/look";
import type { Health } from "@/api/bindings/Health";
import { HEALTH } from "@/components";

type Colour = (typeof COLOURS)[number];
export type ShapeName = keyof typeof SHAPES;
export type TextName = keyof typeof TEXTS;
export type Palette = Record<Colour, string> & { sans: string; mono: string };

interface Shape {
  fill: Colour | null;
  stroke: Colour | null;
  width: number;
  dash: readonly number[];
  round: boolean;
  /** It stands for several: its arrow is larger. */
  several: boolean;
}

interface Text {
  face: "regular" | "semibold" | "mono";
  size: number;
  colour: Colour;
}

export const shapes: Record<ShapeName, Shape> = SHAPES;
export const texts: Record<TextName, Text> = TEXTS;

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const colours = Object.fromEntries(COLOURS.map((name) => [name, read(name)]));
  return { ...colours, sans: read("sans"), mono: read("mono") } as Palette;
}

export function healthColour(palette: Palette, health: Health): string {
  return palette[HEALTH[health].token];
}

/** The shape of a card or block of this state; quiet where nothing is wrong. */
export function surface(health: Health): "card" | "card-failing" | "card-warning" {
  if (health === "failing" || health === "missing") return "card-failing";
  return health === "degraded" || health === "pending" ? "card-warning" : "card";
}
