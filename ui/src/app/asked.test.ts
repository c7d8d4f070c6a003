import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";

import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import type { Notice } from "@/api/bindings/Notice";
import { transport } from "@/api/host";
import type { StreamReader } from "@/api/transport/transport";
import { followNotices, followOpen, keys, opening } from "@/features/clusters";

import { asked } from "./asked";
import { router } from "./router";

const cluster: ClusterSummary = { cluster: "demo", source: { from: "demo", objects: null }, name: "shop-eu-1", colour: null, tag: null, identity: null, version: null };
const there = { to: "/cluster/$cluster", params: { cluster: "demo" } };
const queries = new QueryClient();
const navigate = vi.spyOn(router, "navigate").mockResolvedValue();
let tell: (notice: Notice) => void = () => undefined;

beforeEach(() => {
  navigate.mockClear();
  queries.clear();
  opening.set({ source: null, failed: null });
  vi.spyOn(transport, "open").mockImplementation((_, __, reader) => {
    tell = (notice) => (reader as StreamReader<Notice>).item?.(notice);
    return { send: () => undefined, close: () => undefined };
  });
  followNotices(queries, asked);
});

test("a second start leads to the cluster that it asks for, also where that was open before", () => {
  queries.setQueryData(keys.open, [cluster]);
  tell({ event: "asked", data: cluster });
  expect(navigate).toHaveBeenCalledExactlyOnceWith(there);
  expect(queries.getQueryData(keys.open)).toEqual([cluster]);
});

test("what somebody opened elsewhere is listed, and leads nowhere", () => {
  queries.setQueryData(keys.open, []);
  tell({ event: "opened", data: cluster });
  expect(queries.getQueryData(keys.open)).toEqual([cluster]);
  expect(navigate).not.toHaveBeenCalled();
});

test("who is opening something else is left to it", () => {
  opening.set({ source: { from: "files", paths: ["/a.yaml"] }, failed: null });
  tell({ event: "asked", data: cluster });
  expect(navigate).not.toHaveBeenCalled();
});

test("why it could not be opened is told on the start screen", () => {
  tell({ event: "notOpened", data: { code: "notFound", message: "no such context", detail: null } });
  expect(navigate).toHaveBeenCalledExactlyOnceWith({ to: "/" });
});

test("what was on the map of a cluster is let go when the cluster is closed", () => {
  const take = vi.fn();
  const end = followOpen(queries, take);
  queries.setQueryData(keys.open, [cluster]);
  expect(take).toHaveBeenLastCalledWith(["demo"]);
  tell({ event: "closed", data: "demo" });
  expect(take).toHaveBeenLastCalledWith([]);
  end();
});
