/** How a list that is held becomes the next one, as the picture stream says it. */

import type { WireSplice } from "@/api/bindings/WireSplice";

import type { Point } from "./geometry";

/** What a message says of one list. */
export interface Change<T> {
  splice: WireSplice;
  /** Entries that come in. */
  sent: readonly T[];
  /** How far each run of `splice.moved` went. */
  by: readonly Point[];
}

/** The next list; the same one where nothing differs, so that readers can tell by identity. */
export function spliced<T>(held: T[], { splice, sent, by }: Change<T>, moved: (entry: T, by: Point) => T): T[] {
  if (splice.gone.length === 0 && splice.at.length === 0 && splice.moved.length === 0) return held;
  const gone = new Set(splice.gone);
  const stays = held.filter((_, place) => !gone.has(place));
  const joined: T[] = [];
  let taken = 0;
  sent.forEach((entry, nth) => {
    const upTo = taken + Math.max(0, (splice.at[nth] ?? 0) - joined.length);
    for (; taken < Math.min(upTo, stays.length); taken += 1) joined.push(stays[taken] as T);
    joined.push(entry);
  });
  const next = joined.concat(stays.slice(taken));
  splice.moved.forEach(([first, count], nth) => {
    const offset = by[nth] ?? { x: 0, y: 0 };
    for (let place = first; place < Math.min(first + count, next.length); place += 1) next[place] = moved(next[place] as T, offset);
  });
  return next;
}
