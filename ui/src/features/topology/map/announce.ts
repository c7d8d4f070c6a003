/** The selection in a sentence, for the screen reader. Pure. */

import { HEALTH, worstOf } from "@/components";
import { plural } from "@/lib/age";

import { kindOf, nameOf, namespaceOf } from "../keys";
import type { Picture } from "../picture/types";
import type { Selection } from "../session";

export function announcement(selection: Selection | null, picture: Picture | null): string {
  if (selection === null) return "";
  switch (selection.sort) {
    case "object":
      return objectText(selection.key, picture);
    case "link":
      return `Relation from ${called(selection.from)} to ${called(selection.to)}`;
    case "path":
      return `Path from ${called(selection.from)} to ${called(selection.to)}`;
    default:
      return groupText(selection.id, picture);
  }
}

function called(key: string): string {
  return `${kindOf(key)} ${nameOf(key)}`;
}

function objectText(key: string, picture: Picture | null): string {
  const namespace = namespaceOf(key);
  const where = namespace === "" || key.startsWith("external/") ? "" : ` in ${namespace}`;
  for (const block of picture?.blocks.values() ?? []) {
    for (const card of block.cards) {
      if (card.key === key) return [`${kindOf(key)} ${card.fullName ?? card.name}${where}`, HEALTH[card.health].label, card.caption].filter(Boolean).join(", ");
      const pod = card.pods.find((each) => each.key === key);
      if (pod) return `${called(key)}${where}, ${HEALTH[pod.health].label}, of ${called(card.key)}`;
    }
  }
  return `${called(key)}${where}, not drawn by itself`;
}

function groupText(id: string, picture: Picture | null): string {
  const frame = picture?.frames.find((each) => each.id === id);
  const group = frame ?? picture?.blocks.get(id);
  if (!group) return "";
  const sort = !frame ? "Application" : id.startsWith("ns:") ? "Namespace" : "Cluster-wide";
  return `${sort} ${group.title}, ${plural(group.counts.objects, "object")}, ${HEALTH[worstOf(group.counts)].label}`;
}
