/** What a person is doing on one open cluster's map: the view asked for, what is selected, and where they have been. */

import type { View } from "@/api/bindings/View";
import { api } from "@/api/host";
import { type Store, createStore } from "@/lib/store";

import { type Place, addressOf } from "./address";
import type { Camera } from "./map/camera";
import { namespacesAfter } from "./namespaces";
import { PictureFeed } from "./picture/feed";
import { EMPTY_VIEW, rememberedView } from "./view";

export type Selection =
  | { sort: "object"; key: string }
  | { sort: "link"; from: string; to: string }
  /** A way along relations; `way` says which, where there are several of one length. */
  | { sort: "path"; from: string; to: string; way: number }
  | { sort: "block"; id: string }
  | { sort: "frame"; id: string };

export type InspectorTab = "overview" | "relations" | "reach" | "yaml";

/** What must be on screen for a selection to be seen. */
export function placesOf(selection: Selection): string[] {
  switch (selection.sort) {
    case "object":
      return [selection.key];
    case "link":
      return [selection.from];
    case "path":
      return [selection.from, selection.to];
    default:
      return [selection.id];
  }
}

/** The one thing on the map that is selected: an object, block or frame. */
export function selectedId(selection: Selection | null): string | null {
  if (selection === null || selection.sort === "link" || selection.sort === "path") return null;
  return selection.sort === "object" ? selection.key : selection.id;
}

interface Trail {
  entries: Selection[];
  at: number;
}

export class MapSession {
  readonly feed: PictureFeed;
  readonly view: Store<View>;
  /** All that have been seen, whatever the filters show. */
  readonly namespaces: Store<readonly string[]> = createStore<readonly string[]>([]);
  readonly selection: Store<Selection | null> = createStore<Selection | null>(null);
  readonly tab: Store<InspectorTab> = createStore<InspectorTab>("overview");
  /** What the map is asked to bring into view; a new object every time, so that the same place can be asked for twice. */
  readonly goal: Store<{ ids: readonly string[] } | null> = createStore<{ ids: readonly string[] } | null>(null);
  /** The path that the map highlights: its cards in order. */
  readonly traced: Store<readonly string[]> = createStore<readonly string[]>([]);
  /** What the selected object itself is joined with, once that is known; a card may hold others whose lines are not its own. */
  readonly joined: Store<{ key: string; others: ReadonlySet<string> } | null> = createStore<{ key: string; others: ReadonlySet<string> } | null>(null);
  /** What the selected object governs, for what has no card of its own: a policy for all of a namespace is a pill on its frame. */
  readonly governed: Store<readonly string[]> = createStore<readonly string[]>([]);
  /** The keyboard is to go into what tells of the selection; a new object every time. */
  readonly entered: Store<object | null> = createStore<object | null>(null);
  /** What the map is asked to do with its camera from outside; a new object every time. */
  readonly zoom: Store<{ do: "in" | "out" | "fit" } | null> = createStore<{ do: "in" | "out" | "fit" } | null>(null);
  /** Where the eye is, or was when the map was last left; null where everything is fitted. */
  readonly camera: Store<Camera | null> = createStore<Camera | null>(null);
  /** Where the eye is to go, whatever is drawn there; a new object every time. */
  readonly stance: Store<{ camera: Camera | null } | null> = createStore<{ camera: Camera | null } | null>(null);
  private trail: Trail = { entries: [], at: -1 };

  constructor(
    readonly cluster: string,
    private readonly memory: string,
    view: View,
  ) {
    this.view = createStore(view);
    this.feed = new PictureFeed(cluster, view);
    this.feed.state.subscribe(() => {
      const { picture, waiting } = this.feed.state.get();
      if (picture !== null && !waiting) this.namespaces.set((known) => namespacesAfter(known, picture, this.view.get()));
    });
    this.view.subscribe(() => {
      const next = this.view.get();
      this.feed.show(next);
      api.preferenceSet({ name: this.memory, value: rememberedView(next) }).catch(() => undefined);
    });
  }

  get place(): Place {
    return { view: this.view.get(), selection: this.selection.get(), tab: this.tab.get(), camera: this.camera.get() };
  }

  /** Goes to a place of another time or another person's. */
  stand(place: Place) {
    const { view, selection, tab, camera } = place;
    if (addressOf({ ...this.place, view }) !== addressOf(this.place)) this.view.set(view);
    this.selection.set(selection);
    this.tab.set(tab);
    this.camera.set(camera);
    this.stance.set({ camera });
  }

  change(part: Partial<View>) {
    this.view.set((view) => ({ ...view, ...part }));
  }

  clearFilters() {
    this.view.set((view) => ({ ...EMPTY_VIEW, lens: view.lens, aspect: view.aspect, expanded: view.expanded, expandAll: view.expandAll }));
  }

  select(selection: Selection | null, { go = false, enter = false, tab }: { go?: boolean; enter?: boolean; tab?: InspectorTab } = {}) {
    this.selection.set(selection);
    if (tab) this.tab.set(tab);
    if (selection === null) return;
    const entries = this.trail.entries.slice(0, this.trail.at + 1);
    if (JSON.stringify(entries.at(-1)) !== JSON.stringify(selection)) entries.push(selection);
    this.trail = { entries: entries.slice(-100), at: Math.min(entries.length, 100) - 1 };
    if (go) this.goTo(selection);
    if (enter) this.entered.set({});
  }

  /** Back (-1) and forward (1) through what was selected. */
  travel(by: 1 | -1) {
    const at = this.trail.at + by;
    const selection = this.trail.entries[at];
    if (!selection) return;
    this.trail.at = at;
    this.selection.set(selection);
    this.goTo(selection);
  }

  toggleExpanded(key: string) {
    const { expanded } = this.view.get();
    this.change({ expanded: expanded.includes(key) ? expanded.filter((each) => each !== key) : [...expanded, key] });
  }

  private goTo(selection: Selection) {
    this.goal.set({ ids: placesOf(selection) });
  }
}
