import { expect, test } from "vitest";

import { applyMessage } from "../picture/apply";
import { decode } from "../picture/decode";
import { block, card, encode, frame, header } from "../picture/fixture";
import { neighboursOf } from "./overlay";
import { Spatial } from "./spatial";

const db = "apps/StatefulSet/data/catalog-db";
const pods = [0, 1].map((at) => `core/Pod/data/catalog-db-${at}`);
const claims = [0, 1].map((at) => `core/PersistentVolumeClaim/data/data-catalog-db-${at}`);

/** A database whose two pods lie in its card, each with a claim of its own. */
function database(): Spatial {
  const cards = [card({ key: db, pods: pods.map((key) => ({ key, health: "ok" })) }), ...claims.map((key) => card({ key }))];
  const links = claims.map((key) => ({
    from: { id: db, block: false }, to: { id: key, block: false }, class: "refers" as const, state: "resolved" as const, inferred: false, count: 1, corners: 2,
  }));
  const places = [[0, 0, 900, 200], [10, 10, 196, 46], [40, 40], [60, 40], [300, 10, 196, 46], [300, 80, 196, 46], [206, 20, 300, 20], [206, 20, 300, 90]];
  const message = encode(header({ frames: [frame()], blocks: [block({ cards, links })] }), [0, 0, 1000, 300, 0, 0, 1000, 300, ...places.flat()]);
  return new Spatial(applyMessage(null, decode(message)).picture);
}

const lit = (key: string, joined: Parameters<typeof neighboursOf>[2]) => neighboursOf(database(), key, joined).map(({ other }) => other);

test("a pod in the card of its StatefulSet lights its own claim, not that of the pod beside it", () => {
  expect(lit(pods[0] ?? "", { key: pods[0] ?? "", others: new Set([claims[0] ?? "", db]) })).toEqual([claims[0]]);
});

test("what a pod is joined with is not guessed from its card while it is not known, or known of another object", () => {
  expect(lit(pods[0] ?? "", null)).toEqual([]);
  expect(lit(pods[0] ?? "", { key: pods[1] ?? "", others: new Set(claims) })).toEqual([]);
});

test("a card has all its lines", () => {
  expect(lit(db, null)).toEqual(claims);
});
