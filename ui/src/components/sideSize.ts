/** How wide a panel beside the map is. Pure. */

export interface SideSize {
  /** Null where the person has not chosen one: then it follows the window. */
  width: number | null;
  folded: boolean;
}

const LEAST = 140;
const STEP = 24;

/** Neither too narrow to read nor more than half of the window, where the map is. */
export function clampedWidth(width: number, room: number): number {
  return Math.round(Math.max(LEAST, Math.min(width, room / 2)));
}

/** The width after a key on the divider; null where the key is not its own. */
export function widthAfter(key: string, width: number, edge: "left" | "right", room: number): number | null {
  const towards = edge === "left" ? 1 : -1;
  const wanted = { ArrowRight: width + towards * STEP, ArrowLeft: width - towards * STEP, Home: LEAST, End: room / 2 }[key];
  return wanted === undefined ? null : clampedWidth(wanted, room);
}

/** A remembered value, as far as it has the right form. */
export function recalledSize(value: unknown): SideSize {
  const some = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return { width: typeof some.width === "number" && Number.isFinite(some.width) ? some.width : null, folded: some.folded === true };
}
