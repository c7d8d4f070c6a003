/** What the start screen, the switcher and the freshness line say. Pure. */

import type { KindStateWord } from "@/api/bindings/KindStateWord";
import type { Health } from "@/api/bindings/Health";
import type { ClusterSource } from "@/api/bindings/ClusterSource";
import type { ClusterStatus } from "@/api/bindings/ClusterStatus";
import type { ContextHealth } from "@/api/bindings/ContextHealth";
import type { ContextList } from "@/api/bindings/ContextList";
import type { ContextSummary } from "@/api/bindings/ContextSummary";
import type { KindStatus } from "@/api/bindings/KindStatus";
import type { KubeconfigFile } from "@/api/bindings/KubeconfigFile";
import { count, freshness, plural } from "@/lib/age";

type Tone = "ok" | "pending" | "degraded" | "failing" | "neutral";

interface FreshnessText {
  tone: Tone;
  text: string;
  /** For the tooltip and the screen reader. */
  long: string;
}

/** Stale is never shown as live: "live" needs the host, the link and a recent word from the server. */
export function freshnessOf(status: ClusterStatus | undefined, hostConnected: boolean, now: number): FreshnessText {
  const age = status?.heard == null ? null : now - status.heard;
  const ago = age === null ? "" : ` · ${freshness(age)}`;
  if (!hostConnected) return { tone: "failing", text: `disconnected${ago}`, long: "the application's server does not answer; trying again" };
  if (status === undefined) return { tone: "pending", text: "connecting", long: "waiting for the first answer" };
  switch (status.link) {
    case "loading":
      return { tone: "pending", text: "loading", long: `${plural(status.objects, "object")} so far` };
    case "live":
      if (refusesAll(status)) return { tone: "degraded", text: `nothing to see${ago}`, long: "the server answers, and refuses every list" };
      return { tone: "ok", text: `live${ago}`, long: `last word from the server${age === null ? "" : ` ${freshness(age)} ago`}` };
    case "stale":
      return { tone: "degraded", text: `partly stale${ago}`, long: "some watches are down; what they showed may have changed" };
    case "lost":
      if (age === null) return { tone: "failing", text: "never answered", long: `${status.problems[0] ?? "the server does not answer"}; nothing of it has been seen yet` };
      return { tone: "failing", text: `stale${ago}`, long: `${status.problems[0] ?? "the server does not answer"}; what you see is as old as shown` };
    case "offline":
      return { tone: "neutral", text: "from files", long: "read from files; it does not change" };
  }
}

function refusesAll(status: ClusterStatus): boolean {
  const { visible, partial, missing } = coverageOf(status);
  return visible === 0 && partial.length === 0 && missing.length > 0;
}

export interface Coverage {
  /** Nothing of them is seen. */
  missing: KindStatus[];
  /** They are seen in some namespaces, and may be in others: neither missing nor visible as a whole. */
  partial: KindStatus[];
  loading: KindStatus[];
  stale: KindStatus[];
  /** Their list fails. */
  failed: KindStatus[];
  visible: number;
  /** One line for the status bar; empty where all is there. */
  line: string;
}

export function coverageOf(status: ClusterStatus | undefined): Coverage {
  const kinds = status?.kinds ?? [];
  const missing = kinds.filter((kind) => kind.state === "forbidden");
  const partial = kinds.filter((kind) => kind.state === "partial");
  const loading = kinds.filter((kind) => kind.state === "loading");
  const stale = kinds.filter((kind) => kind.state === "stale");
  const failed = kinds.filter((kind) => kind.state === "failed");
  const visible = kinds.filter((kind) => kind.state === "live" || kind.state === "stale").length;
  const problems = status?.problems.length ?? 0;
  const parts = [
    missing.length > 0 ? `${plural(missing.length, "kind")} not allowed` : "",
    partial.length > 0 ? `${missing.length > 0 ? count(partial.length) : plural(partial.length, "kind")} in some namespaces only` : "",
    failed.length > 0 ? `${plural(failed.length, "kind")} could not be listed` : "",
    loading.length > 0 ? `${plural(loading.length, "kind")} loading` : "",
    stale.length > 0 ? `${plural(stale.length, "kind")} stale` : "",
    problems > 0 ? plural(problems, "problem") : "",
  ];
  return { missing, partial, loading, stale, failed, visible, line: parts.filter(Boolean).join(" · ") };
}

/** The status bar's words for the kinds: how many are seen in full, if any, and how it stands with the others. */
export function kindsText(status: ClusterStatus | undefined): string {
  if (status === undefined) return "kinds";
  const { visible, partial, line } = coverageOf(status);
  const seen = visible === 0 && partial.length > 0 ? "" : `${plural(visible, "kind")} visible`;
  return [seen, secretsText(status), line].filter(Boolean).join(" · ");
}

/**
 * Of the namespaces that somebody named, those in which nothing may be listed. The server refuses in the same words where
 * there is no such namespace.
 */
export function refusedNames(status: ClusterStatus | undefined, named: readonly string[]): string[] {
  if (status === undefined || (status.link !== "live" && status.link !== "stale")) return [];
  const { visible, partial } = coverageOf(status);
  const looksEverywhere = status.namespaces.length === 0 && visible + partial.length > 0;
  return looksEverywhere ? [] : named.filter((name) => !status.namespaces.includes(name));
}

/** A partial count is a lower bound and says so. What is not drawn is not counted: where it may not be read, no object is hidden. */
export function objectCount(status: ClusterStatus | undefined): string {
  if (status === undefined) return "";
  const { missing, partial, loading, failed } = coverageOf(status);
  const hides = [...missing, ...partial, ...loading, ...failed].some((kind) => kind.drawn);
  const bound = hides ? "≥ " : "";
  return `${bound}${plural(status.objects, "object")} · ${count(status.relations)} relations`;
}

export interface Withheld {
  /** Kinds of which something is held that may not be listed any more. */
  kinds: KindStatus[];
  objects: number;
  /** The earliest loss. */
  since: number;
}

/** What was listed until the account lost the right to: it is on the map as it was then. */
export function withheldOf(status: ClusterStatus | undefined): Withheld | null {
  const kinds = (status?.kinds ?? []).filter((kind) => kind.withheld > 0);
  if (kinds.length === 0) return null;
  const since = Math.min(...kinds.map((kind) => kind.withheldSince ?? Infinity));
  return { kinds, objects: kinds.reduce((sum, kind) => sum + kind.withheld, 0), since };
}

/** Under a lens or filters what is shown stands first: the footer's count is of the same things as the map's. */
export function shownText(shown: number | null, status: ClusterStatus | undefined): string {
  return shown === null || status === undefined ? objectCount(status) : `${count(shown)} shown of ${objectCount(status)}`;
}

/** "2 documents not read": what of the files is missing from the map, for the footer; empty where all was read. */
export function unreadText(status: ClusterStatus | undefined): string {
  if (status?.link !== "offline" || status.problems.length === 0) return "";
  // The list is cut, and its last line says by how much.
  const more = Number(/^and (\d+) more$/.exec(status.problems.at(-1) ?? "")?.[1] ?? 0);
  const listed = status.problems.length - (more > 0 ? 1 : 0);
  return `${plural(listed + more, "document")} not read`;
}

/** "2 files left out": what of the files is no object, on purpose, for the footer; empty where nothing is. */
export function leftOutText(status: ClusterStatus | undefined): string {
  return status === undefined || status.notes.length === 0 ? "" : `${plural(status.notes.length, "file")} left out`;
}

/** What the count is of, for the tooltip. */
export function countedText(status: ClusterStatus | undefined): string {
  const others = (status?.kinds ?? []).filter((kind) => !kind.drawn && kind.count > 0).map((kind) => plural(kind.count, kind.kind));
  const beside = others.length === 0 ? "" : ` Read beside them, as facts about them, and not counted: ${others.join(", ")}.`;
  return `All objects that can be seen; the outline counts those that the map shows, which are all of them without filters.${beside}`;
}

/** Worst first, then by name: what a reader opens the panel for. */
export function kindsInOrder(kinds: readonly KindStatus[]): KindStatus[] {
  const order = ["failed", "forbidden", "partial", "stale", "loading", "live", "absent"];
  return kinds.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.kind.localeCompare(b.kind) || a.group.localeCompare(b.group));
}

/**
 * Why a kind is not there: that of a refusal in few words, since the kind and the account stand beside it; every other as it
 * is said.
 */
export function whyText(why: string): string {
  const refused = /cannot (?:list|watch|get) resource .*?(?:in the namespace "([^"]+)"|at the cluster scope)/.exec(why);
  if (!refused) return why;
  return refused[1] === undefined ? "refused across the cluster (403)" : `refused in ${refused[1]} and across the cluster (403)`;
}

/** Whether the account may list a kind in namespaces only that somebody names. */
export function wantsNames(status: ClusterStatus | undefined): boolean {
  return (status?.kinds ?? []).some((kind) => kind.state === "partial" || (kind.state === "forbidden" && kind.kind !== "Secret" && kind.group !== "metrics.k8s.io"));
}

/** How Secrets are held, where they are. */
export function secretsText(status: ClusterStatus | undefined): string {
  const secrets = status?.kinds.find((kind) => kind.group === "" && kind.kind === "Secret");
  const held = secrets && (secrets.state === "live" || secrets.state === "partial" || secrets.state === "stale");
  return held && status?.link !== "offline" ? "Secrets by name only" : "";
}

export function kindStateText(kind: KindStatus): string {
  const words = { failed: "list failed", forbidden: "not allowed", partial: "in part", stale: "stale", loading: "loading", live: "live", absent: "not there" };
  return kind.drawn ? words[kind.state] : `not drawn, ${words[kind.state]}`;
}

const KIND_STATE: Record<KindStateWord, Health> = { failed: "degraded", forbidden: "unknown", partial: "degraded", stale: "degraded", loading: "pending", live: "ok", absent: "neutral" };

export function kindStateHealth(kind: KindStatus): Health {
  return KIND_STATE[kind.state];
}

export function contextTitle(context: ContextSummary): string {
  return context.alias ?? context.name;
}

export type ContextRow = { sort: "file"; file: KubeconfigFile } | { sort: "context"; context: ContextSummary };

/** The start screen's list: contexts beneath the file that holds them, in kubectl's order; files with a problem always. */
export function contextRows(list: ContextList, query: string): ContextRow[] {
  const shown = list.contexts.filter((context) => matches(context, query));
  const unlisted = [...new Set(shown.map((context) => context.file))].filter((path) => !list.files.some((file) => file.path === path));
  const files = [...list.files, ...unlisted.map((path) => ({ path, problem: null }))];
  return files.flatMap((file): ContextRow[] => {
    const inside = shown.filter((context) => context.file === file.path);
    if (inside.length === 0 && file.problem === null) return [];
    return [{ sort: "file", file }, ...inside.map((context) => ({ sort: "context" as const, context }))];
  });
}

function matches(context: ContextSummary, query: string): boolean {
  const texts = [context.name, context.alias ?? "", context.tag ?? "", context.server, context.file].map((text) => text.toLowerCase());
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => texts.some((text) => text.includes(word)));
}

/** One line about a context's server, from a probe or the lack of one; `plugin` is what asking it would run. */
export function probeLine(health: ContextHealth | undefined, failed: string | null, plugin: string | null = null): { tone: Tone; text: string } {
  if (plugin !== null) return { tone: "neutral", text: `logs in with ${plugin}, not asked yet` };
  if (failed !== null) return { tone: "failing", text: failed };
  if (health === undefined) return { tone: "pending", text: "asking" };
  if (!health.reachable) return { tone: "failing", text: health.problem ?? "does not answer" };
  const parts = [health.version, health.latencyMillis === null ? null : `${health.latencyMillis} ms`, health.problem];
  return { tone: health.problem === null ? "ok" : "degraded", text: parts.filter(Boolean).join(" · ") };
}

/** Where a cluster that is open came from. */
export function sourceText(source: ClusterSource): string {
  if (source.from === "context") return "from your kubeconfig";
  if (source.from === "demo") return "the demo, in this application";
  return source.paths.join(", ");
}

/** Under which name a source's view is remembered. */
export function memoryOf(source: ClusterSource): string {
  if (source.from === "context") return `map.view.context:${source.id}`;
  if (source.from === "demo") return `map.view.demo:${source.objects ?? "shop"}`;
  return `map.view.files:${source.paths.join("|")}`;
}

/** Names as a person types them: with commas, spaces or line breaks between. */
export function namesOf(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter(Boolean))];
}

export function splitPaths(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}
