/** Where somebody is on a map, as the part of the address behind `?`: a reload, a step back and a copied link find it again. Pure. */

import type { View } from "@/api/bindings/View";

import { isHealth } from "@/components";

import type { Camera } from "./map/camera";
import type { InspectorTab, Selection } from "./session";
import { EMPTY_VIEW, LENSES, MOST_DEPTH } from "./view";

export interface Place {
  view: View;
  selection: Selection | null;
  tab: InspectorTab;
  /** Null where everything is fitted. */
  camera: Camera | null;
}

/** An address is read by browsers, chats and mails: beyond this they cut it. */
const MOST_EXPANDED = 40;
const TABS: readonly InspectorTab[] = ["overview", "relations", "reach", "yaml"];

/** Never empty: an address that says nothing means wherever one was before. */
export function addressOf({ view, selection, tab, camera }: Place): string {
  const query = new URLSearchParams({ lens: view.lens });
  const list = (name: string, values: readonly string[]) => {
    for (const value of values) query.append(name, value);
  };
  list("ns", view.namespaces);
  list("kind", view.kinds);
  list("state", view.health);
  if (view.problemsOnly) query.set("problems", "only");
  if (view.focus !== null) query.set("focus", view.focus);
  if (view.depth !== null) query.set("depth", String(view.depth));
  list("open", view.expanded.slice(0, MOST_EXPANDED));
  if (view.expandAll) query.set("cards", "all");
  if (selection !== null) list(selection.sort, partsOf(selection));
  if (tab !== "overview") query.set("tab", tab);
  if (camera !== null) query.set("at", `${camera.x.toFixed(1)},${camera.y.toFixed(1)},${camera.scale.toFixed(4)}`);
  // Keys are full of slashes and colons, which an address may hold behind the question mark.
  return query.toString().replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
}

function partsOf(selection: Selection): string[] {
  switch (selection.sort) {
    case "object":
      return [selection.key];
    case "link":
      return [selection.from, selection.to];
    case "path":
      return [selection.from, selection.to, String(selection.way)];
    default:
      return [selection.id];
  }
}

/** What an address says; null where it says nothing. What it cannot say, such as the window's shape, is as in `base`. */
export function placeOf(address: string, base: View): Place | null {
  const query = new URLSearchParams(address);
  const lens = LENSES.find(({ id }) => id === query.get("lens"))?.id;
  if (lens === undefined) return null;
  const depth = Number(query.get("depth"));
  const view: View = {
    ...EMPTY_VIEW,
    lens,
    namespaces: query.getAll("ns"),
    kinds: query.getAll("kind"),
    health: query.getAll("state").filter(isHealth),
    problemsOnly: query.get("problems") === "only",
    focus: query.get("focus"),
    depth: Number.isInteger(depth) && depth >= 1 && depth <= MOST_DEPTH ? depth : null,
    expanded: query.getAll("open").slice(0, MOST_EXPANDED),
    expandAll: query.get("cards") === "all",
    aspect: base.aspect,
  };
  return { view, selection: selectionOf(query), tab: TABS.find((tab) => tab === query.get("tab")) ?? "overview", camera: cameraOf(query.get("at")) };
}

function selectionOf(query: URLSearchParams): Selection | null {
  const one = (name: string) => query.get(name);
  const [key, block, frame] = [one("object"), one("block"), one("frame")];
  if (key) return { sort: "object", key };
  if (block) return { sort: "block", id: block };
  if (frame) return { sort: "frame", id: frame };
  const [from, to] = query.getAll("link");
  if (from && to) return { sort: "link", from, to };
  const [start, end, way] = query.getAll("path");
  return start && end ? { sort: "path", from: start, to: end, way: Math.max(0, Math.trunc(Number(way)) || 0) } : null;
}

function cameraOf(text: string | null): Camera | null {
  const numbers = text?.split(",").map(Number) ?? [];
  const [x, y, scale] = numbers;
  if (numbers.length !== 3 || !numbers.every(Number.isFinite) || x === undefined || y === undefined || scale === undefined) return null;
  return scale > 0.0005 && scale < 50 ? { x, y, scale } : null;
}
