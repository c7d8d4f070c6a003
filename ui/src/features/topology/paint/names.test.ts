import { expect, test } from "vitest";

import { called, toldApart } from "./names";

const key = (kind: string) => `apps/${kind}/shop/any`;
const short = (name: string, app: string, kind = "Secret") => called(name, key(kind), app, (text) => text.length <= 6);

test("a name that fits is left as it is", () => {
  expect(short("redis", "redis", "Service")).toEqual({ text: "redis", isKind: false });
  expect(short("redis-production", "")).toEqual({ text: "redis-production", isKind: false });
});

test("what the application's title says is left out", () => {
  expect(short("checkout-keys", "checkout").text).toBe("…keys");
  expect(short("data-orders-db-0", "orders-db").text).toBe("data…0");
  expect(short("allow-checkout", "checkout").text).toBe("allow…");
  // A part of a word is no word.
  expect(short("checkouts-keys", "checkout").text).toBe("checkouts-keys");
  expect(short("a-shop-b-shop-c", "shop").text).toBe("a-shop-b-shop-c");
});

test("what is called as its application says what it is", () => {
  expect(short("checkout", "checkout", "Deployment")).toEqual({ text: "deploy", isKind: true });
  expect(short("checkout", "checkout", "Role")).toEqual({ text: "role", isKind: true });
});

/** Cards of one application all read `grafana-das`, cut at the card's edge without a sign. */
test("names that were cut alike are cut where they do not differ", () => {
  const fits = (text: string) => text.length <= 8;
  const told = (...names: string[]) => toldApart(names, names.map(() => "gra…ards"), fits);
  expect(told("grafana-dashboards-etcd", "grafana-dashboards-node")).toEqual(["gra…etcd", "gra…node"]);
  expect(told("grafana-etcd-dashboards", "grafana-node-dashboards")).toEqual(["…etcd…", "…node…"]);
  // One and the same name is told by what stands around it.
  expect(told("grafana-dashboards", "grafana-dashboards")).toEqual(["gra…ards", "gra…ards"]);
  expect(toldApart(["redis", "redis"], ["redis", "redis"], fits)).toEqual(["redis", "redis"]);
});
