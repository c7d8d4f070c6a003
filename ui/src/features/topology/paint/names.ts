/** What a card is called from further away, where letters are scarce, and how names are cut. Pure. */

/** As kubectl calls them; the other kinds' own names are short, or rare. */
const SHORT: Record<string, string> = {
  ConfigMap: "cm",
  CronJob: "cj",
  DaemonSet: "ds",
  Deployment: "deploy",
  HorizontalPodAutoscaler: "hpa",
  Ingress: "ing",
  PersistentVolumeClaim: "pvc",
  PodDisruptionBudget: "pdb",
  ReplicaSet: "rs",
  Service: "svc",
  ServiceAccount: "sa",
  StatefulSet: "sts",
};

export interface Called {
  text: string;
  /** It says the kind: the name is that of the application, whose title stands beside it. */
  isKind: boolean;
}

/**
 * The name where it fits. Else it does without what the application's title says already: `checkout-keys` in checkout is
 * `…keys`, `data-redis-0` in redis `data…0`; and of several that are all called redis each says which of them it is.
 */
export function called(name: string, key: string, app: string, fits: (text: string) => boolean): Called {
  if (app === "" || fits(name)) return { text: name, isKind: false };
  if (name === app) {
    const kind = key.split("/")[1] ?? "";
    return { text: SHORT[kind] ?? kind.toLowerCase(), isKind: true };
  }
  const [before, after, ...more] = `-${name}-`.split(`-${app}-`);
  if (before === undefined || after === undefined || more.length > 0) return { text: name, isKind: false };
  return { text: `${before.slice(1)}…${after.slice(0, -1)}`, isKind: false };
}

/**
 * Names that were cut and came out alike, cut again so that what differs stays: of `grafana-dashboards-etcd` and
 * `grafana-dashboards-node`, both `grafa…s`, remain `gr…etcd` and `gr…node`. `texts` says how each name was cut; one that
 * was not is left alone.
 */
export function toldApart(names: readonly string[], texts: readonly string[], fits: (text: string, at: number) => boolean): string[] {
  const alike = new Map<string, number[]>();
  names.forEach((name, at) => {
    const text = texts[at] ?? "";
    if (text === name || text === "") return;
    const others = alike.get(text);
    if (others) others.push(at);
    else alike.set(text, [at]);
  });
  const told = [...texts];
  for (const same of alike.values()) {
    const letters = same.map((at) => Array.from(names[at] as string));
    if (letters.every((name) => name.join("") === letters[0]?.join(""))) continue;
    const before = shared(letters);
    const after = shared(letters.map((name) => name.toReversed()));
    same.forEach((at, which) => {
      const name = letters[which] as string[];
      told[at] = cutAround(name, before, Math.max(before, name.length - after), (text) => fits(text, at));
    });
  }
  return told;
}

/** How many first letters all names share. */
function shared(names: readonly string[][]): number {
  const [first = [], ...others] = names;
  const end = first.findIndex((letter, at) => others.some((other) => other[at] !== letter));
  return end < 0 ? first.length : end;
}

/** The name cut once so that as much as possible of what lies from `start` to `end` stays; as evenly as that allows. */
function cutAround(name: readonly string[], start: number, end: number, fits: (text: string) => boolean): string {
  const cut = (head: number, tail: number) => `${name.slice(0, head).join("")}…${name.slice(tail).join("")}`;
  let best = { lost: Infinity, uneven: Infinity, text: "…" };
  for (let head = 0; head <= name.length && fits(cut(head, name.length)); head += 1) {
    let tail = name.length;
    while (tail > head && fits(cut(head, tail - 1))) tail -= 1;
    const lost = Math.max(0, Math.min(end, tail) - Math.max(start, head));
    const uneven = Math.abs(head - (name.length - tail));
    if (lost < best.lost || (lost === best.lost && uneven < best.uneven)) best = { lost, uneven, text: cut(head, tail) };
  }
  if (best.lost === 0) return best.text;
  // What differs stands deep inside: it alone, cut on both sides.
  const inside = (letters: number) => `…${name.slice(start, start + letters).join("")}…`;
  let kept = 0;
  while (kept < end - start && fits(inside(kept + 1))) kept += 1;
  return kept > end - start - best.lost ? inside(kept) : best.text;
}
