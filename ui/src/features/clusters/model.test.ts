import { expect, test } from "vitest";

import type { ClusterSource } from "@/api/bindings/ClusterSource";
import type { ClusterStatus } from "@/api/bindings/ClusterStatus";
import type { KindStatus } from "@/api/bindings/KindStatus";

import { contextRows, countedText, coverageOf, freshnessOf, kindsInOrder, kindsText, leftOutText, memoryOf, namesOf, objectCount, probeLine, refusedNames, secretsText, shownText, sourceText, splitPaths, unreadText, wantsNames, whyText, withheldOf } from "./model";

const kind = (name: string, state: KindStatus["state"]): KindStatus => ({ group: "", kind: name, plural: `${name}s`, count: 1, withheld: 0, withheldSince: null, drawn: name !== "Event", state, why: null });

function status(some: Partial<ClusterStatus> = {}): ClusterStatus {
  return { cluster: "a", revision: 1, link: "live", heard: 1000, objects: 163, relations: 412, kinds: [], namespaces: [], problems: [], notes: [], ...some };
}

test("live says how long ago the last word arrived", () => {
  expect(freshnessOf(status(), true, 1200)).toMatchObject({ tone: "ok", text: "live · 0.2 s" });
});

test("stale and lost are never shown as live", () => {
  expect(freshnessOf(status({ link: "lost" }), true, 43_000)).toMatchObject({ tone: "failing", text: "stale · 42s" });
  expect(freshnessOf(status({ link: "stale" }), true, 43_000).tone).toBe("degraded");
  expect(freshnessOf(status(), false, 43_000)).toMatchObject({ tone: "failing", text: "disconnected · 42s" });
  expect(freshnessOf(undefined, true, 0).text).toBe("connecting");
  expect(freshnessOf(status({ link: "offline", heard: null }), true, 0).text).toBe("from files");
});

test("of a context that never answered nothing is called stale or old", () => {
  const { text, long } = freshnessOf(status({ link: "lost", heard: null, problems: ["no route to host"] }), true, 43_000);
  expect(text).toBe("never answered");
  expect(long).toBe("no route to host; nothing of it has been seen yet");
});

test("what may not be listed any more is counted by itself, since the first loss", () => {
  expect(withheldOf(status({ kinds: [kind("Pod", "live")] }))).toBeNull();
  const lost = (name: string, withheld: number, withheldSince: number): KindStatus => ({ ...kind(name, "forbidden"), withheld, withheldSince });
  expect(withheldOf(status({ kinds: [lost("Pod", 3, 900), lost("Job", 2, 700), kind("Role", "live")] }))).toMatchObject({ objects: 5, since: 700 });
});

test("a kind whose list fails is named and makes the count a lower bound", () => {
  expect(objectCount(status({ kinds: [kind("Old", "failed")] }))).toBe("≥ 163 objects · 412 relations");
  expect(coverageOf(status({ kinds: [kind("Old", "failed")] })).line).toBe("1 kind could not be listed");
});

test("what may not be seen makes every count a lower bound", () => {
  expect(objectCount(status())).toBe("163 objects · 412 relations");
  expect(objectCount(status({ kinds: [kind("Secret", "forbidden")] }))).toBe("≥ 163 objects · 412 relations");
  expect(objectCount(status({ kinds: [kind("Event", "forbidden")] }))).toBe("163 objects · 412 relations");
});

test("what is read and not counted is named", () => {
  expect(countedText(status({ kinds: [kind("Pod", "live")] }))).not.toContain("not counted");
  expect(countedText(status({ kinds: [kind("Pod", "live"), { ...kind("Event", "live"), count: 22 }] }))).toMatch(/not counted: 22 Events\.$/);
});

test("a server that refuses every list is not shown as well", () => {
  expect(freshnessOf(status({ kinds: [kind("Pod", "forbidden")] }), true, 1200)).toMatchObject({ tone: "degraded", text: "nothing to see · 0.2 s" });
});

test("a refusal is told in few words, everything else as it is said", () => {
  const refused = 'pods is forbidden: User "system:serviceaccount:a:b" cannot list resource "pods" in API group ""';
  expect(whyText(`${refused} at the cluster scope`)).toBe("refused across the cluster (403)");
  expect(whyText(`${refused} in the namespace "shop"`)).toBe("refused in shop and across the cluster (403)");
  expect(whyText("the server has been silent for 30 s")).toBe("the server has been silent for 30 s");
});

test("namespaces are asked for where they would help", () => {
  expect(wantsNames(status({ kinds: [kind("Pod", "forbidden")] }))).toBe(true);
  expect(wantsNames(status({ kinds: [kind("Pod", "live"), kind("Secret", "forbidden")] }))).toBe(false);
  expect(namesOf(" shop, payments\nshop ")).toEqual(["shop", "payments"]);
});

test("Secrets are said to be held by name where they are", () => {
  expect(secretsText(status({ kinds: [kind("Secret", "live")] }))).toBe("Secrets by name only");
  expect(secretsText(status({ kinds: [kind("Secret", "forbidden")] }))).toBe("");
  expect(secretsText(status({ link: "offline", kinds: [kind("Secret", "live")] }))).toBe("");
});

test("coverage names what is missing, worst first", () => {
  const kinds = [kind("Pod", "live"), kind("Job", "loading"), kind("Secret", "forbidden"), kind("Role", "stale")];
  expect(coverageOf(status({ kinds })).line).toBe("1 kind not allowed · 1 kind loading · 1 kind stale");
  expect(kindsInOrder(kinds).map((each) => each.kind)).toEqual(["Secret", "Role", "Job", "Pod"]);
});

test("a kind that is listed in some namespaces is neither visible as a whole nor forbidden", () => {
  const kinds = [kind("Pod", "partial"), kind("Job", "partial"), kind("Node", "forbidden")];
  expect(kindsText(status({ kinds, namespaces: ["shop"] }))).toBe("1 kind not allowed · 2 in some namespaces only");
  expect(kindsText(status({ kinds: kinds.slice(0, 2), namespaces: ["shop"] }))).toBe("2 kinds in some namespaces only");
  expect(kindsText(status({ kinds: [kind("Role", "live"), kind("Node", "forbidden")] }))).toBe("1 kind visible · 1 kind not allowed");
  expect(freshnessOf(status({ kinds }), true, 1200).tone).toBe("ok");
  expect(objectCount(status({ kinds: kinds.slice(0, 2) }))).toMatch(/^≥/);
});

test("of the named namespaces those are told in which nothing may be listed", () => {
  const kinds = [kind("Pod", "partial"), kind("Node", "forbidden")];
  const named = ["shop", "payments", "shpo"];
  expect(refusedNames(status({ kinds, namespaces: ["data", "shop"] }), named)).toEqual(["payments", "shpo"]);
  expect(refusedNames(status({ kinds: [kind("Pod", "forbidden")] }), ["payments"])).toEqual(["payments"]);
  expect(refusedNames(status({ kinds: [kind("Pod", "live")] }), named)).toEqual([]);
  expect(refusedNames(status({ kinds, link: "loading", namespaces: ["shop"] }), named)).toEqual([]);
});

test("a probe says what it found", () => {
  const there = { reachable: true, version: "v1.36.0", latencyMillis: 12, problem: null };
  expect(probeLine(there, null)).toEqual({ tone: "ok", text: "v1.36.0 · 12 ms" });
  expect(probeLine({ ...there, reachable: false, problem: "no route" }, null)).toEqual({ tone: "failing", text: "no route" });
  expect(probeLine(undefined, null).tone).toBe("pending");
  expect(probeLine(undefined, null, "aws")).toEqual({ tone: "neutral", text: "logs in with aws, not asked yet" });
});

test("contexts stand beneath their file, and a file that cannot be read is always shown", () => {
  const context = (name: string, file: string) => ({ id: file + name, name, file, current: false, server: "", user: "", namespace: null, alias: null, colour: null, tag: null, namespaces: [], lastOpened: null, plugin: null, problem: null });
  const list = {
    contexts: [context("prod", "/a"), context("prod", "/b"), context("dev", "/b")],
    files: [{ path: "/a", problem: null }, { path: "/broken", problem: "no YAML" }, { path: "/b", problem: null }, { path: "/empty", problem: null }],
  };
  const print = (query: string) => contextRows(list, query).map((row) => (row.sort === "file" ? row.file.path : row.context.name)).join(" ");
  expect(print("")).toBe("/a prod /broken /b prod dev");
  expect(print("DEV")).toBe("/broken /b dev");
  // Several words: those that hold all of them, in whatever order and place.
  expect(print("/b prod")).toBe("/broken /b prod");
  expect(print("prod /c")).toBe("/broken");
});

test("views are remembered per source", () => {
  expect(memoryOf({ from: "demo", objects: null })).toBe("map.view.demo:shop");
  expect(memoryOf({ from: "context", id: "x" })).toBe("map.view.context:x");
});

test("paths are lines", () => {
  expect(splitPaths(" /a \n\n/b c\n")).toEqual(["/a", "/b c"]);
});

test("what is open says where it came from, a dump by its path", () => {
  expect(sourceText({ from: "files", paths: ["/dumps/monday", "/dumps/crds.yaml"] } as ClusterSource)).toBe("/dumps/monday, /dumps/crds.yaml");
  expect(sourceText({ from: "demo", objects: null })).toBe("the demo, in this application");
});

test("under a filter the footer counts what is shown", () => {
  expect(shownText(12, status())).toBe("12 shown of 163 objects · 412 relations");
  expect(shownText(null, status())).toBe("163 objects · 412 relations");
  expect(shownText(12, undefined)).toBe("");
});

test("documents that could not be read are counted in the footer", () => {
  expect(unreadText(status({ link: "offline", problems: ["a.yaml:3: no mapping"] }))).toBe("1 document not read");
  expect(unreadText(status({ link: "offline", problems: ["a.yaml:3: no mapping", "b.yaml: no kind", "and 1200 more"] }))).toBe("1,202 documents not read");
  expect(unreadText(status({ link: "offline" }))).toBe("");
  expect(unreadText(status({ link: "lost", problems: ["no route to host"] }))).toBe("");
});

test("files that were left out on purpose are counted in the footer", () => {
  expect(leftOutText(status({ link: "offline", notes: ["Chart.yaml: a chart", "kustomization.yaml: a kustomization"] }))).toBe("2 files left out");
  expect(leftOutText(status())).toBe("");
  expect(leftOutText(undefined)).toBe("");
});
