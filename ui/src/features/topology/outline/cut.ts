/** Where names that are too long for their row may be cut, so that no two siblings come out as the same text. Pure. */

export interface CutName {
  /** Gives way, from its end. */
  head: string;
  /** Stays whole. */
  tail: string;
}

/** What fits in front of a cut in the narrowest outline: names that differ in it need no tail. */
const SEEN_HEAD = 8;
/** Longer, a tail would leave no room for the head. */
const MOST_TAIL = 14;

/** Cuts siblings' names; the answer is in the order of the question. Names that are equal cannot be told apart here. */
export function cutNames(names: readonly string[]): CutName[] {
  const order = [...new Set(names)].toSorted();
  const shared = new Map<string, number>();
  order.forEach((name, at) => {
    shared.set(name, Math.max(sharedLength(name, order[at - 1] ?? ""), sharedLength(name, order[at + 1] ?? "")));
  });
  return names.map((name) => {
    const differs = shared.get(name) ?? 0;
    if (differs < SEEN_HEAD || differs >= name.length) return { head: name, tail: "" };
    const word = Math.max(...["-", ".", "/", "_"].map((mark) => name.lastIndexOf(mark, differs)));
    const start = word > 0 && differs - word < MOST_TAIL / 2 ? word : differs;
    const tail = name.slice(start, start + MOST_TAIL);
    return { head: name.slice(0, start), tail: start + MOST_TAIL < name.length ? `${tail}…` : tail };
  });
}

function sharedLength(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
