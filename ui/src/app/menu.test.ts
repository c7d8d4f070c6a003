import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test, vi } from "vitest";

import { api, transport } from "@/api/host";
import { opening } from "@/features/clusters";

import { followMenu } from "./menu";
import { router } from "./router";

const cluster = { cluster: "files:/a.yaml", source: { from: "files" as const, paths: ["/a.yaml"] }, name: "a.yaml", colour: null, tag: null, identity: null, version: null };
let choose: (id: string) => void = () => undefined;

beforeEach(() => {
  vi.restoreAllMocks();
  transport.onMenu = (chosen) => {
    choose = chosen;
    return () => undefined;
  };
  followMenu(new QueryClient());
});

test("the entries open the system's dialog, for files and for folders, and then the map of what was chosen", async () => {
  const pick = vi.fn(async (_folders: boolean, _chosen: () => void) => ["/a.yaml"]);
  transport.pickFiles = pick;
  const connect = vi.spyOn(api, "clusterConnect").mockResolvedValue(cluster);
  const navigate = vi.spyOn(router, "navigate").mockResolvedValue();
  choose("open-files");
  await vi.waitFor(() => expect(navigate).toHaveBeenCalledWith({ to: "/cluster/$cluster", params: { cluster: cluster.cluster } }));
  expect(connect).toHaveBeenCalledWith({ source: { from: "files", paths: ["/a.yaml"] } });
  choose("open-folder");
  await vi.waitFor(() => expect(navigate).toHaveBeenCalledTimes(2));
  expect(pick.mock.calls.map(([folders]) => folders)).toEqual([false, true]);
});

test("a dialog that was cancelled changes nothing", async () => {
  const asked = Promise.resolve([]);
  transport.pickFiles = () => asked;
  const connect = vi.spyOn(api, "clusterConnect");
  choose("open-files");
  await asked;
  expect(connect).not.toHaveBeenCalled();
});

test("what cannot be opened is told on the start screen", async () => {
  transport.pickFiles = async () => ["/broken.yaml"];
  vi.spyOn(api, "clusterConnect").mockRejectedValue({ code: "failed", message: "no object in it", detail: null });
  const navigate = vi.spyOn(router, "navigate").mockResolvedValue();
  choose("open-files");
  await vi.waitFor(() => expect(navigate).toHaveBeenCalledWith({ to: "/" }));
  expect(opening.get().failed?.error.message).toBe("no object in it");
});
