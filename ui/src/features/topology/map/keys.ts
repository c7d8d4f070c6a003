/** What a key means while the map has the keyboard. Pure; the help panel lists the same table. */

export type Direction = "left" | "right" | "up" | "down";

export type MapCommand =
  | { do: "pan"; dx: number; dy: number }
  | { do: "zoom"; factor: number }
  | { do: "move"; direction: Direction }
  | { do: "step"; by: 1 | -1 }
  | { do: "end"; last: boolean }
  | { do: "fit" | "actual" | "open" | "expand" | "focus" | "yaml" | "owner" | "usedBy" };

interface KeyInput {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const PAN = 80;
const ZOOM = 1.3;
const ARROWS: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const PLAIN: Record<string, MapCommand> = {
  "+": { do: "zoom", factor: ZOOM },
  "=": { do: "zoom", factor: ZOOM },
  "-": { do: "zoom", factor: 1 / ZOOM },
  "0": { do: "fit" },
  "1": { do: "actual" },
  j: { do: "step", by: 1 },
  k: { do: "step", by: -1 },
  Home: { do: "end", last: false },
  G: { do: "end", last: true },
  End: { do: "end", last: true },
  Enter: { do: "open" },
  " ": { do: "expand" },
  f: { do: "focus" },
  y: { do: "yaml" },
  J: { do: "owner" },
  u: { do: "usedBy" },
};

export function mapCommand(event: KeyInput, previous: string): MapCommand | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const direction = ARROWS[event.key];
  if (direction !== undefined) {
    if (!event.shiftKey) return { do: "move", direction };
    const dx = direction === "left" ? PAN : direction === "right" ? -PAN : 0;
    const dy = direction === "up" ? PAN : direction === "down" ? -PAN : 0;
    return { do: "pan", dx, dy };
  }
  if (event.key === "g") return previous === "g" ? { do: "end", last: false } : null;
  return PLAIN[event.key] ?? null;
}

/** For the help panel: key, then what it does. */
export const KEY_HELP: ReadonlyArray<readonly [string, string]> = [
  ["⌘K  Ctrl-K  /", "find anything"],
  ["arrows", "next object in that direction"],
  ["j  k", "next and previous object"],
  ["gg  G  Home  End", "first and last object"],
  ["Enter", "go to the object and into what is told of it; Esc leads back"],
  ["Space  double click", "expand or fold"],
  ["Shift + arrows, drag", "move the map"],
  ["+  −  wheel, pinch", "nearer and farther"],
  ["0  1", "fit all, natural size"],
  ["f", "focus on the object's surroundings"],
  ["y", "YAML of the object"],
  ["Shift-J  u", "its owner, what uses it"],
  ["Ctrl-Z  p", "problems only"],
  ["w", "filters: namespaces, kinds, states"],
  ["⌘E  Ctrl-E", "export"],
  ["[  ]  ⌘[  ⌘]", "back and forward"],
  ["⌘,  Ctrl-,", "settings"],
  ["?", "this list"],
  ["Esc", "close what lies on top"],
];
