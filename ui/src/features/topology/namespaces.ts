/** The namespaces of a cluster, gathered from its pictures: a filtered picture shows only some of them. */

import type { View } from "@/api/bindings/View";
import type { Picture } from "./picture/types";
import { filtersOf } from "./view";

/** What is known after another picture: an unfiltered one says all there are, a filtered one can only add. */
export function namespacesAfter(known: readonly string[], picture: Picture, view: View): readonly string[] {
  const here = picture.frames.filter((frame) => frame.id.startsWith("ns:")).map((frame) => frame.id.slice(3));
  const all = filtersOf(view) === 0 ? new Set(here) : new Set([...known, ...here]);
  const next = [...all].toSorted();
  return next.length === known.length && next.every((name, at) => name === known[at]) ? known : next;
}
