import type { PathHop } from "@/api/bindings/PathHop";
import type { SearchHit } from "@/api/bindings/SearchHit";
import { expect, test } from "vitest";

import type { ObjectDetail } from "@/api/bindings/ObjectDetail";

import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { block, card, encode, header } from "../picture/fixture";
import type { Picture } from "../picture/types";
import { cardsOf, facts, foldName, headline, isFold, hopText, leadsElsewhere, noWayText, noWayTitle, presenceText, problemCards, reachRows, reasonsOf, wrongWith, yamlTokens } from "./model";

const detail: ObjectDetail = {
  cluster: "a", revision: 1, key: "apps/Deployment/shop/cart", group: "apps", version: "v1", kind: "Deployment", namespace: "shop", name: "cart",
  presence: "present", withheldSince: null, status: "Progressing", caption: "2 of 3 ready", health: "degraded", app: "cart", findings: [], labels: [],
  created: "2026-11-20T10:00:00Z", relations: [], dependants: 0, dependencies: 3, yaml: null,
};

test("a fold is told from an object and from a host with a star", () => {
  expect(isFold("apiextensions.k8s.io/CustomResourceDefinition//*")).toBe(true);
  expect(isFold("batch/Job/shop/*nightly-report")).toBe(true);
  expect(isFold("external/Host//*.shop.example")).toBe(false);
  expect(isFold("core/Pod/shop/web-1")).toBe(false);
});

test("a fold is called by what lies in it, never by its internal id", () => {
  expect(foldName("batch/Job/shop/*nightly-report", null)).toBe("runs of CronJob nightly-report");
  expect(foldName("apiextensions.k8s.io/CustomResourceDefinition//*", null)).toBe("objects of kind CustomResourceDefinition");
});

/** A button that led to the very object one looked at did nothing. */
test("evidence that stands at the object itself leads nowhere", () => {
  expect(leadsElsewhere(detail.key, { object: detail.key })).toBe(false);
  expect(leadsElsewhere(detail.key, { object: "core/Pod/shop/cart-1" })).toBe(true);
});

test("the headline does not say the same twice", () => {
  expect(headline(detail)).toBe("Progressing · 2 of 3 ready");
  expect(headline({ ...detail, status: "x", caption: "x" })).toBe("x");
  expect(headline({ ...detail, status: "2/3", caption: "rollout stuck · 2 of 3" })).toBe("rollout stuck · 2 of 3");
  expect(headline({ ...detail, status: "ClusterIP", caption: "ClusterIP · 2 endpoints" })).toBe("ClusterIP · 2 endpoints");
  expect(headline({ ...detail, status: "Bound", caption: "20 Gi · bound" })).toBe("Bound · 20 Gi");
  expect(headline({ ...detail, status: "", caption: "", health: "ok" })).toBe("ready");
});

test("missing and unseen are told apart", () => {
  expect(presenceText({ ...detail, presence: "missing" }, 0)).toMatch(/not in this cluster/);
  expect(presenceText({ ...detail, presence: "unknown" }, 0)).toMatch(/cannot be seen/);
  expect(presenceText({ ...detail, presence: "withheld", withheldSince: 1000 }, 43_000)).toMatch(/may not list it any more, since 42s ago/);
  expect(presenceText(detail, 0)).toBeNull();
});

test("facts leave out what is not known", () => {
  const names = facts(detail, Date.parse("2026-11-20T12:30:00Z")).map(([name, value]) => `${name}=${value}`);
  expect(names).toContain("Age=150m");
  expect(names.some((name) => name.startsWith("Needed by"))).toBe(false);
});

const shape = (line: string) => yamlTokens(line).map(({ text, sort }) => `${sort}:${text}`);

test("YAML is coloured and never loses a letter", () => {
  expect(shape("  replicas: 3")).toEqual(["mark:  ", "key:replicas", "mark::", "literal: 3"]);
  expect(shape('- name: "a: b" # c')).toEqual(["mark:- ", "key:name", "mark::", 'string: "a: b"', "comment: # c"]);
  expect(shape("image: registry/app:7")).toEqual(["key:image", "mark::", "string: registry/app:7"]);
  for (const line of ["", "  - http://a/b#c", "a: |", "   plain text: with colon", '"quoted key": x', "- - 1"]) {
    expect(yamlTokens(line).map((token) => token.text).join("")).toBe(line);
  }
});

test("problems of a frame come worst first", () => {
  const blocks = [block({ cards: [card({ key: "a", health: "degraded" }), card({ key: "b" })] }), block({ id: "app:shop/x", cards: [card({ key: "c", health: "failing" })] })];
  const picture = applyMessage(null, decode(encode(header({ blocks }), Array.from({ length: 24 }, () => 0)))).picture;
  expect(problemCards(picture, "ns:shop").map((each) => each.key)).toEqual(["c", "a"]);
  expect(problemCards(picture, "app:shop/cart").map((each) => each.key)).toEqual(["a"]);
});

const hit = (name: string, shown: string | null = null): SearchHit => ({ key: `core/Pod/shop/${name}`, name, kind: "Pod", namespace: "shop", health: "ok", status: "Running", card: shown });

test("what is reached is grouped by distance, and a cut list says so", () => {
  const objects = [{ distance: 1, object: hit("a") }, { distance: 1, object: hit("b") }, { distance: 2, object: hit("c") }];
  const print = (total: number) => reachRows({ total, objects, stopped: null }).map((row) => (row.sort === "heading" ? row.text : row.hit.name));
  expect(print(3)).toEqual(["Directly · 2", "a", "b", "2 steps away · 1", "c"]);
  expect(print(5)).toEqual(["Directly · 2", "a", "b", "2 steps away · ≥ 1", "c", "2 farther objects not listed"]);
});

test("a hop reads along the path, whichever way its relation points", () => {
  const hop: PathHop = { relation: "pod-env-secret", class: "refers", state: "resolved", label: null, forward: true, explanation: "" };
  expect(hopText(hop)).toBe("refers to");
  expect(hopText({ ...hop, forward: false, class: "routes", label: ":80" })).toBe("receives from · :80");
  expect(hopText({ ...hop, state: "missing" })).toBe("refers to · missing");
});

test("a path touches each card once", () => {
  const path = { objects: [hit("a", "deployment"), hit("b", "deployment"), hit("c")], hops: [] };
  expect(cardsOf(path)).toEqual(["deployment", "core/Pod/shop/c"]);
});

test("where there is no way it is said whether there may be one, and what was not followed", () => {
  expect(noWayTitle({ at: "steps", steps: 8 })).toBe("No way within 8 steps");
  const account: SearchHit = { key: "core/ServiceAccount/shop/default", name: "default", kind: "ServiceAccount", namespace: "shop", health: "ok", status: "", card: null };
  const shared = { at: "shared" as const, objects: [account] };
  expect([noWayTitle(shared), noWayText(shared)]).toEqual(["No way between them", "What many share is not followed: ServiceAccount default."]);
  expect(noWayText(null)).toBe("No chain of relations joins them.");
});

/** Seen: "2 of 3 ready" and "rollout stuck" as reasons, and an evicted pod of a workload that is well nowhere in the list. */
test("a row says the cause rather than a count, and a pod that failed in a card that is well has one of its own", () => {
  const box = { x: 0, y: 0, width: 0, height: 0 };
  const of = (some: object) => ({ key: "apps/Deployment/shop/search", name: "search", fullName: null, caption: "rollout stuck · 2 of 3", health: "degraded", note: null, pods: [], ...some }) as unknown as Parameters<typeof wrongWith>[0];
  const note = (full: string) => ({ text: full.slice(0, 8), full, box });
  expect(wrongWith(of({ note: note("ImagePullBackOff") }))?.reason).toBe("ImagePullBackOff");
  expect(wrongWith(of({}))?.reason).toBe("rollout stuck · 2 of 3");
  const evicted = { key: "core/Pod/shop/catalog-x", health: "failing", x: 0, y: 0 };
  expect(wrongWith(of({ health: "ok", pods: [evicted], note: note("Evicted") }))).toEqual({ key: evicted.key, name: "catalog-x", health: "failing", reason: "Evicted" });
  expect(wrongWith(of({ health: "ok" }))).toBeNull();
});

test("reasons stand by application, the worst first, and what is not there before what waits for it", () => {
  const card = (key: string, health: string, look = "object") => ({ key, name: key.split("/").at(-1), health, look, pods: [], note: null });
  const link = (from: string, to: string) => ({ from: { id: from }, to: { id: to } });
  const blocks = [
    { id: "a", frame: "ns:shop", title: "slow", cards: [card("apps/Deployment/shop/slow", "degraded"), card("core/Service/shop/slow", "ok")], links: [] },
    {
      id: "b",
      frame: "ns:data",
      title: "orders-db",
      cards: [card("apps/StatefulSet/data/orders-db", "failing"), card("core/PersistentVolumeClaim/data/data-orders-db-0", "pending"), card("storage.k8s.io/StorageClass//fast", "missing", "missing")],
      links: [link("apps/StatefulSet/data/orders-db", "core/PersistentVolumeClaim/data/data-orders-db-0")],
    },
  ];
  const picture = { frames: [{ id: "ns:shop", title: "shop" }, { id: "ns:data", title: "data" }], blocks: new Map(blocks.map((block) => [block.id, block])) } as unknown as Picture;
  const told = reasonsOf(picture).map(({ title, cards }) => [title, cards.map((each) => each.name)]);
  expect(told).toEqual([
    ["data / orders-db", ["fast", "data-orders-db-0", "orders-db"]],
    ["shop / slow", ["slow"]],
  ]);
});
