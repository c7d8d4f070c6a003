/** What clicks and keys do: from what was pointed at to the session and the engine. */

import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import { api } from "@/api/host";
import { HEALTH } from "@/components";

import { kindOf, nameOf } from "../keys";
import { type MapSession, placesOf } from "../session";
import { toPlane } from "./camera";
import type { MapEngine } from "./engine";
import type { MapCommand } from "./keys";
import { CARDS_FROM, LEGIBLE } from "./level";
import { nearestTo, neighbourOf, readingOrder, stepped } from "./navigate";
import type { Hit, Spatial } from "./spatial";

export interface MapActor {
  session: MapSession;
  engine: MapEngine;
}

export function clicked(session: MapSession, hit: Hit | null) {
  if (hit === null) session.select(null);
  else if (hit.sort === "card" || hit.sort === "pod") session.select({ sort: "object", key: hit.key });
  else if (hit.sort === "badge") {
    const key = hit.key ?? hit.card;
    session.select(key === null ? { sort: "frame", id: hit.block } : { sort: "object", key });
  }
  else if (hit.sort === "link") session.select({ sort: "link", from: hit.from, to: hit.to });
  else session.select({ sort: hit.sort, id: hit.id });
}

/** A double click opens: a card unfolds, a block or frame fills the screen. */
export function doubled({ session, engine }: MapActor, hit: Hit | null) {
  if (hit === null) engine.eye.fit();
  else if (hit.sort === "card") session.toggleExpanded(hit.key);
  else if (hit.sort === "pod") session.toggleExpanded(hit.card);
  else if (hit.sort === "block" || hit.sort === "frame") engine.eye.reveal(hit.id);
}

export function perform({ session, engine }: MapActor, command: MapCommand) {
  switch (command.do) {
    case "pan":
      return engine.eye.panBy(command.dx, command.dy);
    case "zoom":
      return engine.eye.zoomStep(command.factor);
    case "fit":
      return engine.eye.fit();
    case "actual":
      return engine.eye.actualSize();
    case "move":
    case "step":
    case "end":
      return move(session, engine, command);
    default:
      return actOnSelected(session, engine, command.do);
  }
}

function move(session: MapSession, engine: MapEngine, command: MapCommand & { do: "move" | "step" | "end" }) {
  const spatial = engine.index;
  if (spatial === null) return;
  const selection = session.selection.get();
  const from = selection?.sort === "object" ? selection.key : null;
  const key = destination(spatial, engine, from, command);
  if (key !== null) session.select({ sort: "object", key }, { go: true });
}

function destination(spatial: Spatial, engine: MapEngine, from: string | null, command: MapCommand & { do: "move" | "step" | "end" }): string | null {
  if (command.do === "move") {
    if (from !== null && spatial.cardOf(from)) return neighbourOf(spatial, from, command.direction);
    const { camera, size } = engine.eye;
    const middle = toPlane(camera, { x: size.width / 2, y: size.height / 2 });
    return nearestTo(spatial, middle.x, middle.y);
  }
  const order = readingOrder(spatial.picture);
  if (command.do === "end") return (command.last ? order.at(-1) : order[0]) ?? null;
  return stepped(order, from === null ? null : (spatial.cardOf(from)?.card.key ?? from), command.by);
}

type ObjectCommand = "open" | "expand" | "focus" | "yaml" | "owner" | "usedBy";

function actOnSelected(session: MapSession, engine: MapEngine, what: ObjectCommand) {
  const selection = session.selection.get();
  if (selection === null) return;
  if (selection.sort !== "object") {
    if (what === "open") {
      engine.eye.reveal(...placesOf(selection));
      session.entered.set({});
    }
    return;
  }
  const { key } = selection;
  if (what === "open") session.select(selection, { go: true, enter: true, tab: "overview" });
  else if (what === "expand") session.toggleExpanded(engine.index?.cardOf(key)?.card.key ?? key);
  else if (what === "yaml") session.tab.set("yaml");
  else if (what === "usedBy") session.tab.set("relations");
  else if (what === "owner") void goToOwner(session, key);
  else session.change({ focus: session.view.get().focus === key ? null : key, depth: 1 });
}

async function goToOwner(session: MapSession, key: string) {
  const detail = await api.objectDetail({ cluster: session.cluster, key }).catch(() => null);
  const owner = detail && ownerOf(detail);
  if (owner) session.select({ sort: "object", key: owner }, { go: true });
}

function ownerOf(detail: ObjectDetail): string | null {
  return detail.relations.find((group) => group.class === "owns" && group.incoming)?.members[0]?.key ?? null;
}

/** What the tip beside the pointer says: what the map cannot show at this distance. */
export function hoverText(hit: Hit, spatial: Spatial | null, scale: number): string {
  if (spatial === null) return "";
  if (hit.sort === "pod") {
    const pod = spatial.cardOf(hit.key)?.card.pods.find((each) => each.key === hit.key);
    return `Pod ${nameOf(hit.key)}\n${HEALTH[pod?.health ?? "unknown"].label}`;
  }
  if (hit.sort === "card") {
    const card = spatial.cardOf(hit.key)?.card;
    const isCut = (card?.fullName ?? null) !== null || (card?.note?.full ?? "") !== (card?.note?.text ?? "");
    if (!card || (scale >= LEGIBLE && !isCut)) return "";
    return [`${kindOf(card.key)} ${card.fullName ?? card.name}`, card.caption || card.status, card.note?.full].filter((line) => line !== undefined).join("\n");
  }
  if (hit.sort === "badge") {
    const about = hit.card === null ? "holds for all of the namespace" : "what shares it is framed";
    return hit.key === null ? hit.text : `${kindOf(hit.key)} ${nameOf(hit.key)}\n${about}`;
  }
  if (hit.sort === "link") return `${hit.link.class}${hit.link.label ? ` · ${hit.link.label.text}` : ""}${hit.link.count > 1 ? ` · ${hit.link.count} relations` : ""}${hit.link.state === "resolved" ? "" : ` · ${hit.link.state}`}`;
  if (scale >= CARDS_FROM) return "";
  const place = hit.sort === "block" ? spatial.picture.blocks.get(hit.id) : spatial.picture.frames.find((frame) => frame.id === hit.id);
  return place ? `${place.title || hit.id}\n${place.subtitle}` : "";
}
