/** Views of the map: what one is called, what of it is worth remembering. Pure. */

import type { Lens } from "@/api/bindings/Lens";
import type { View } from "@/api/bindings/View";
import { plural } from "@/lib/age";

import { nameOf } from "./keys";
import type { Picture } from "./picture/types";

export const EMPTY_VIEW: View = {
  lens: "all",
  namespaces: [],
  kinds: [],
  health: [],
  problemsOnly: false,
  focus: null,
  depth: null,
  expanded: [],
  expandAll: false,
  aspect: null,
};

export const LENSES: ReadonlyArray<{ id: Lens; label: string; about: string }> = [
  { id: "all", label: "All", about: "every relation" },
  { id: "traffic", label: "Traffic", about: "who talks to whom" },
  { id: "config", label: "Config", about: "ConfigMaps, Secrets and environment" },
  { id: "storage", label: "Storage", about: "claims, volumes and classes" },
  { id: "identity", label: "Identity", about: "accounts, roles and bindings" },
  { id: "policy", label: "Policy", about: "network policies, budgets, quotas, admission" },
  { id: "placement", label: "Placement", about: "what runs on which node" },
  { id: "gitops", label: "GitOps", about: "applications, releases and sources" },
];

export const MOST_DEPTH = 6;

/** The shape of the room for the map beside rail and outline, between bar and zoom buttons, in steps, so that a small difference gives the same layout. */
export function aspectOf(width: number, height: number): number {
  const [besides, above] = [276, 120];
  return Math.round(((width - besides) / Math.max(1, height - above)) * 10) * 10;
}

/** How many filters narrow the view; lens and expansion are not filters. */
export function filtersOf(view: View): number {
  const lists = [view.namespaces, view.kinds, view.health].filter((list) => list.length > 0).length;
  return lists + (view.problemsOnly ? 1 : 0) + (view.focus === null ? 0 : 1);
}

/** One card of so many has a part in a lens that shows almost nothing. */
const FEW = 25;

/** How many cards have a part in a lens that shows almost nothing; null where it shows enough. */
export function fewInLens(lens: Lens, picture: Pick<Picture, "blocks">): number | null {
  if (lens === "all") return null;
  const cards = [...picture.blocks.values()].flatMap((block) => block.cards);
  const subjects = cards.filter((card) => !card.aside).length;
  return cards.length > 0 && subjects * FEW <= cards.length ? subjects : null;
}

/** What is true where no object shown leads to what put it there, though some of the cluster may say that Helm manages them. */
export function noReleaseText(byHelm: number, most: number): string {
  if (byHelm === 0) return "Nothing shown here was put there by Argo CD, Flux or Helm, as far as objects say";
  const objects = `${plural(byHelm, "object")}${byHelm >= most ? " or more" : ""}`;
  return `${objects} of the cluster ${byHelm === 1 ? "says that Helm manages it" : "say that Helm manages them"}; no release, and nothing of Argo CD or Flux, is seen here`;
}

/** What keeps objects off the map, in words: "the Traffic lens and 2 filters"; empty where all are shown. */
export function narrowedBy(view: View): string {
  const filters = filtersOf(view);
  const lens = view.lens === "all" ? "" : `the ${LENSES.find(({ id }) => id === view.lens)?.label ?? view.lens} lens`;
  return [lens, filters === 0 ? "" : plural(filters, "filter")].filter(Boolean).join(" and ");
}

/** What a picture of a view is called: the cluster, and what of it is shown. */
export function titleOf(cluster: string, view: View): string {
  const [one, two, ...more] = view.namespaces;
  const parts = [
    cluster,
    more.length > 0 ? `${view.namespaces.length} namespaces` : [one, two].filter(Boolean).join(" + "),
    view.lens === "all" ? "" : (LENSES.find(({ id }) => id === view.lens)?.label ?? ""),
    view.problemsOnly ? "Problems" : "",
    view.focus === null ? "" : `around ${nameOf(view.focus)}`,
    view.kinds.length === 1 ? (view.kinds[0]?.split("/").at(-1) ?? "") : view.kinds.length > 1 ? `${view.kinds.length} kinds` : "",
    view.health.join(" + "),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** The same view with nothing left out. */
export function widened(view: View): View {
  return { ...EMPTY_VIEW, aspect: view.aspect, expanded: view.expanded, expandAll: view.expandAll };
}

/** What is kept over a restart: how to look, not what was looked for; a forgotten filter would hide what is there. */
export function rememberedView(view: View): Partial<View> {
  const { lens, namespaces, expandAll } = view;
  return { lens, namespaces, expandAll };
}

/** A remembered value from the database: only what has the right form is taken. */
export function recalledView(value: unknown): View {
  if (typeof value !== "object" || value === null) return EMPTY_VIEW;
  const some = value as Record<string, unknown>;
  return {
    ...EMPTY_VIEW,
    lens: LENSES.find((lens) => lens.id === some.lens)?.id ?? "all",
    namespaces: words(some.namespaces),
    expandAll: some.expandAll === true,
  };
}

function words(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export function toggled<Word extends string>(list: readonly Word[], word: Word): Word[] {
  return list.includes(word) ? list.filter((each) => each !== word) : [...list, word];
}
