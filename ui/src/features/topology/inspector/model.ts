/** What the inspector says, and how YAML is coloured. Pure. */

import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import type { WireCounts } from "@/api/bindings/WireCounts";
import { HEALTH, HEALTH_ORDER, type Health, asHealth, isProblem } from "@/components";
import { humanDuration } from "@/lib/age";

import type { Block, Card, Picture } from "../picture/types";

/** "Rollout stuck · 2 of 3 ready": its health in words, with what the card says. */
export function headline(detail: ObjectDetail): string {
  const parts = [detail.status, detail.caption].filter((part, at, all) => part !== "" && all.indexOf(part) === at);
  return parts.join(" · ") || HEALTH[asHealth(detail.health)].label;
}

export function presenceText(detail: ObjectDetail): string | null {
  switch (detail.presence) {
    case "missing":
      return "Something refers to it, its kind is listed, and it is not in this cluster.";
    case "unknown":
      return "Something refers to it, but its kind or namespace cannot be seen, so nothing can be said about it.";
    case "external":
      return "It lies outside the cluster.";
    default:
      return null;
  }
}

export function facts(detail: ObjectDetail, now: number): Array<[string, string]> {
  const all: Array<[string, string | null]> = [
    ["Kind", detail.group ? `${detail.kind} · ${detail.group}/${detail.version}` : `${detail.kind} · ${detail.version}`],
    ["Namespace", detail.namespace || "cluster-wide"],
    ["Application", detail.app],
    ["Age", detail.created === null ? null : humanDuration(now - Date.parse(detail.created))],
    ["Needs", detail.dependencies === 0 ? null : `${detail.dependencies} objects`],
    ["Needed by", detail.dependants === 0 ? null : `${detail.dependants} objects`],
  ];
  return all.filter((fact): fact is [string, string] => fact[1] !== null);
}

export function relationCount(detail: ObjectDetail): number {
  return detail.relations.reduce((sum, group) => sum + group.total, 0);
}

export function countLines(counts: WireCounts): Array<{ health: Health; count: number }> {
  return HEALTH_ORDER.filter((health) => counts[health] > 0).map((health) => ({ health, count: counts[health] }));
}

/** Problem cards of a block or of all blocks of a frame, worst first. */
export function problemCards(picture: Picture, id: string): Card[] {
  const block = picture.blocks.get(id);
  const blocks: Block[] = block ? [block] : [...picture.blocks.values()].filter((each) => each.frame === id);
  return blocks
    .flatMap((each) => each.cards)
    .filter((card) => isProblem(asHealth(card.health)))
    .toSorted((a, b) => HEALTH_ORDER.indexOf(asHealth(a.health)) - HEALTH_ORDER.indexOf(asHealth(b.health)) || a.name.localeCompare(b.name));
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
