/** What the inspector says, and how YAML is coloured. Pure. */

import type { RelationClass } from "@/api/bindings/RelationClass";
import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import type { ObjectPath } from "@/api/bindings/ObjectPath";
import type { PathHop } from "@/api/bindings/PathHop";
import type { Reach } from "@/api/bindings/Reach";
import type { SearchHit } from "@/api/bindings/SearchHit";
import type { Stopped } from "@/api/bindings/Stopped";
import type { WireCounts } from "@/api/bindings/WireCounts";
import type { WireEvidence } from "@/api/bindings/WireEvidence";
import type { Health } from "@/api/bindings/Health";
import { HEALTH, HEALTH_ORDER, isProblem } from "@/components";
import { count, humanDuration, plural } from "@/lib/age";

import { kindOf, nameOf } from "../keys";
import type { Block, Card, Picture } from "../picture/types";

/** "Rollout stuck · 2 of 3 ready": its health in words, with what the card says. */
export function headline(detail: ObjectDetail): string {
  // "2/3" says no more than "rollout stuck · 2 of 3".
  const [, ready, wanted] = /^(\d+)\/(\d+)$/.exec(detail.status) ?? [];
  const status = ready !== undefined && detail.caption.includes(`${ready} of ${wanted}`) ? "" : detail.status;
  const parts = `${status} · ${detail.caption}`.split(" · ").filter((part) => part !== "");
  const words = parts.map((part) => part.toLowerCase());
  return parts.filter((_, at) => words.indexOf(words[at] ?? "") === at).join(" · ") || HEALTH[detail.health].label;
}

/** Whether a card stands for many objects: no object's name holds a star, but a host's may. */
export function isFold(key: string): boolean {
  return !key.startsWith("external/") && key.split("/").at(-1)?.startsWith("*") === true;
}

/** "2 runs of CronJob backup", "5 CustomResourceDefinitions": what a card that stands for many is called. */
export function foldName(fold: string, picture: Picture | null): string {
  const [, kind = "", , last = ""] = fold.split("/");
  const card = picture && [...picture.blocks.values()].flatMap((block) => block.cards).find((each) => each.key === fold);
  const owner = last.slice(1);
  const name = card?.fullName ?? card?.name;
  return owner === "" ? (name ?? `objects of kind ${kind}`) : `${name ?? "runs"} of CronJob ${owner}`;
}

/** Whether a piece of evidence stands at another object than the one shown. */
export function leadsElsewhere(subject: string, piece: Pick<WireEvidence, "object">): boolean {
  return piece.object !== subject;
}

export function presenceText(detail: ObjectDetail, now: number): string | null {
  switch (detail.presence) {
    case "missing":
      return "Something refers to it, its kind is listed, and it is not in this cluster.";
    case "unknown":
      return "Something refers to it, but its kind or namespace cannot be seen, so nothing can be said about it.";
    case "withheld":
      return `This account may not list it any more${detail.withheldSince === null ? "" : `, since ${humanDuration(now - detail.withheldSince)} ago`}. What is said here was true then.`;
    case "external":
      return "It lies outside the cluster.";
    default:
      return null;
  }
}

export function facts(detail: ObjectDetail, now: number): Array<[string, string]> {
  const all: Array<[string, string | null]> = [
    ["Kind", [detail.kind, [detail.group, detail.version].filter((part) => part !== "").join("/")].filter((part) => part !== "").join(" · ")],
    ["Namespace", detail.namespace || "cluster-wide"],
    ["Application", detail.app],
    ["Age", detail.created === null ? null : humanDuration(now - Date.parse(detail.created))],
    ["Depends on", detail.dependencies === 0 ? null : plural(detail.dependencies, "object")],
    ["Needed by", detail.dependants === 0 ? null : plural(detail.dependants, "object")],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== null);
}

export function relationCount(detail: ObjectDetail): number {
  return detail.relations.reduce((sum, group) => sum + group.total, 0);
}

/** What an object's own relations lead to, without what only reaches it through others. */
export function joinedWith(detail: ObjectDetail): ReadonlySet<string> {
  return new Set(detail.relations.flatMap(({ members }) => members.filter(({ near }) => near === null).map(({ key }) => key)));
}

export type ReachRow = { sort: "heading"; text: string } | { sort: "object"; hit: SearchHit };

/** What is reached, nearest first, with a heading for each distance; a cut list says so at its end. */
export function reachRows({ objects, total }: Reach): ReachRow[] {
  const rows: ReachRow[] = [];
  let distance = 0;
  for (const reached of objects) {
    if (reached.distance !== distance) {
      distance = reached.distance;
      const number = objects.filter((each) => each.distance === distance).length;
      // The farthest group of a cut list may have more.
      const bound = total > objects.length && objects.at(-1)?.distance === distance ? "≥ " : "";
      rows.push({ sort: "heading", text: `${distance === 1 ? "Directly" : `${distance} steps away`} · ${bound}${count(number)}` });
    }
    rows.push({ sort: "object", hit: reached.object });
  }
  if (total > objects.length) rows.push({ sort: "heading", text: `${plural(total - objects.length, "farther object")} not listed` });
  return rows;
}

const HOPS: Record<RelationClass, [along: string, back: string]> = {
  owns: ["owns", "is owned by"],
  selects: ["selects", "is selected by"],
  refers: ["refers to", "is referred to by"],
  routes: ["routes to", "receives from"],
  governs: ["governs", "is governed by"],
  member: ["holds", "is part of"],
};

/** The relation between an object of a path and the next one, as a verb. */
export function hopText(hop: PathHop): string {
  const [along, back] = HOPS[hop.class];
  const parts = [hop.forward ? along : back, hop.label, hop.state === "resolved" ? null : hop.state];
  return parts.filter(Boolean).join(" · ");
}

/** What is said where no way is listed. */
export function noWayTitle(stopped: Stopped | null): string {
  if (stopped?.at === "steps") return `No way within ${plural(stopped.steps, "step")}`;
  return stopped?.at === "effort" ? "No way found" : "No way between them";
}

export function noWayText(stopped: Stopped | null): string {
  return stopped ? stoppedText(stopped) : "No chain of relations joins them.";
}

/** Where a search along relations stopped, and why. */
export function stoppedText(stopped: Stopped): string {
  if (stopped.at === "steps") return "There may be a longer one. Pods, ReplicaSets and EndpointSlices on the way are not counted.";
  if (stopped.at === "effort") return `The search ended after ${plural(stopped.relations, "relation")}.`;
  const names = stopped.objects.map((hit) => `${hit.kind} ${hit.name}`).join(", ");
  return `What many share is not followed: ${names}.`;
}

/** The cards of a path, in order; what is folded into one card stands there once. */
export function cardsOf(path: ObjectPath): string[] {
  return path.objects.map((object) => object.card ?? object.key).filter((card, at, all) => card !== all[at - 1]);
}

export function countLines(counts: WireCounts): Array<{ health: Health; count: number }> {
  return HEALTH_ORDER.filter((health) => counts[health] > 0).map((health) => ({ health, count: counts[health] }));
}

/** What a card has to say in a list of what is wrong. */
export interface Wrong {
  /** The object that it leads to: that of the card, or the pod in it that failed. */
  key: string;
  name: string;
  health: Health;
  /** The cause where it is known, else what the card says. */
  reason: string;
}

/** What is wrong with a card; of one that is well, with a pod that failed in it. Null where nothing is. */
export function wrongWith(card: Card): Wrong | null {
  const reason = card.note?.full || card.caption || kindOf(card.key);
  if (isProblem(card.health)) return { key: card.key, name: card.fullName ?? card.name, health: card.health, reason };
  const pod = card.pods.find(({ health }) => health === "failing");
  return pod ? { key: pod.key, name: nameOf(pod.key), health: pod.health, reason: card.note?.full ?? `a pod of ${card.fullName ?? card.name}` } : null;
}

/** By how bad it is, the worst first. */
function rank(card: Card): number {
  return HEALTH_ORDER.indexOf(wrongWith(card)?.health ?? card.health);
}

/** Problem cards of a block or of all blocks of a frame, worst first. */
export function problemCards(picture: Picture, id: string): Card[] {
  const block = picture.blocks.get(id);
  const blocks: Block[] = block ? [block] : [...picture.blocks.values()].filter((each) => each.frame === id);
  return blocks
    .flatMap((each) => each.cards)
    .filter((card) => wrongWith(card) !== null)
    .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** What is wrong in one application. */
export interface Reasons {
  block: Block;
  /** "payments / gateway". */
  title: string;
  /** What others wait for before what waits for it. */
  cards: Card[];
}

/** What is wrong in the whole picture by application, the worst first. */
export function reasonsOf(picture: Picture): Reasons[] {
  const frames = new Map(picture.frames.map((frame) => [frame.id, frame.title]));
  const groups = [...picture.blocks.values()].map((block): Reasons => {
    const wrong = block.cards.filter((card) => wrongWith(card) !== null);
    const keys = new Set(wrong.map((card) => card.key));
    const named = new Set(block.links.filter((link) => keys.has(link.from.id)).map((link) => link.to.id));
    const depth = (card: Card) => (card.look === "missing" ? 0 : named.has(card.key) ? 1 : 2);
    const cards = wrong.toSorted((a, b) => depth(a) - depth(b) || rank(a) - rank(b) || a.name.localeCompare(b.name));
    return { block, title: [frames.get(block.frame), block.title].filter(Boolean).join(" / "), cards };
  });
  const worst = ({ cards }: Reasons) => Math.min(...cards.map(rank));
  return groups.filter(({ cards }) => cards.length > 0).toSorted((a, b) => worst(a) - worst(b) || a.title.localeCompare(b.title));
}

export type YamlToken = { text: string; sort: "plain" | "key" | "string" | "literal" | "comment" | "mark" };

const LINE = /^(\s*(?:- )*)(?:("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#:"'[{][^:#]*?)(:)(?=\s|$))?(.*)$/;
const LITERAL = /^(?:true|false|null|~|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** Colours one line of YAML as kubectl prints it; block scalars stay plain, which is true of them. */
export function yamlTokens(line: string): YamlToken[] {
  const found = LINE.exec(line);
  if (!found) return [{ text: line, sort: "plain" }];
  const [, lead = "", key, colon, rest = ""] = found;
  const tokens: YamlToken[] = [{ text: lead, sort: "mark" }];
  if (key !== undefined) tokens.push({ text: key, sort: "key" }, { text: colon ?? "", sort: "mark" });
  const comment = /(^|\s)#.*$/.exec(rest);
  const value = comment ? rest.slice(0, comment.index) : rest;
  const bare = value.trim();
  const sort = bare === "" ? "plain" : LITERAL.test(bare) ? "literal" : /^["']/.test(bare) ? "string" : /^[|>&*[{]/.test(bare) ? "mark" : "string";
  tokens.push({ text: value, sort: key === undefined && sort === "string" && !lead.includes("-") ? "plain" : sort });
  if (comment) tokens.push({ text: comment[0], sort: "comment" });
  return tokens.filter((token) => token.text !== "");
}

/** Keys of what an object governs, as a policy does the pods that it selects. */
export function governedBy(detail: Pick<ObjectDetail, "relations">): string[] {
  return detail.relations.filter((group) => group.class === "governs" && !group.incoming).flatMap((group) => group.members.map((member) => member.key));
}
