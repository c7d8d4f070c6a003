/** Namespaces and lanes as the map is read, from the top left: the core puts what matters most first. Pure. */

import type { Frame, Picture } from "./types";

export function framesInOrder(picture: Picture): Frame[] {
  return picture.frames.toSorted((a, b) => a.box.y - b.box.y || a.box.x - b.box.x);
}

/** Names of namespaces in the map's order; those that it does not show follow by name. */
export function namespacesInOrder(names: readonly string[], picture: Picture | null): string[] {
  const order = new Map(picture === null ? [] : framesInOrder(picture).map((frame, at) => [frame.id, at]));
  const place = (name: string) => order.get(`ns:${name}`) ?? order.size;
  return names.toSorted((a, b) => place(a) - place(b) || a.localeCompare(b));
}
