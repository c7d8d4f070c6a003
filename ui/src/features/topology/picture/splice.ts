/** How a list that is held becomes the next one, as the picture stream says it. */

import type { WireSplice } from "@/api/bindings/WireSplice";

/** The next list; the same one where nothing differs, so that readers can tell by identity. */
export function spliced<T>(held: T[], splice: WireSplice, sent: readonly T[]): T[] {
  if (splice.gone.length === 0 && splice.at.length === 0) return held;
  const gone = new Set(splice.gone);
  const stays = held.filter((_, place) => !gone.has(place));
  const next: T[] = [];
  let taken = 0;
  sent.forEach((entry, nth) => {
    const upTo = taken + Math.max(0, (splice.at[nth] ?? 0) - next.length);
    for (; taken < Math.min(upTo, stays.length); taken += 1) next.push(stays[taken] as T);
    next.push(entry);
  });
  return next.concat(stays.slice(taken));
}
