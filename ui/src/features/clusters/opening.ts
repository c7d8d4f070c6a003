/** Opening a source, from wherever it is asked for: the start screen, the menu. What could not be opened is told on the start screen. */

import type { QueryClient } from "@tanstack/react-query";

import type { ApiError } from "@/api/bindings/ApiError";
import type { ClusterSource } from "@/api/bindings/ClusterSource";
import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { api, asApiError, transport } from "@/api/host";
import { createStore } from "@/lib/store";

import { addOpen } from "./queries";

interface Opening {
  /** What is being opened at the moment. */
  source: ClusterSource | null;
  /** Why the last one is not open, and what it was. */
  failed: { source: ClusterSource; error: ApiError } | null;
}

export const opening = createStore<Opening>({ source: null, failed: null });

/** Lets the person choose files, or a folder, and opens them; null where nothing was chosen or opened. */
export async function pickAndOpen(queries: QueryClient, folders: boolean): Promise<ClusterSummary | null> {
  const picked: ClusterSource = { from: "files", paths: [] };
  try {
    const paths = await transport.pickFiles(folders, () => opening.set({ source: picked, failed: null }));
    return paths.length === 0 ? null : await openSource(queries, { from: "files", paths });
  } catch (thrown) {
    opening.set({ source: null, failed: { source: picked, error: asApiError(thrown) } });
    return null;
  }
}

/** Opens a source; null where that failed, or where another was asked for meanwhile, which then goes first. */
export async function openSource(queries: QueryClient, source: ClusterSource): Promise<ClusterSummary | null> {
  const mine: Opening = { source, failed: null };
  opening.set(mine);
  try {
    const cluster = await api.clusterConnect({ source });
    addOpen(queries, cluster);
    if (opening.get() !== mine) return null;
    opening.set({ source: null, failed: null });
    return cluster;
  } catch (thrown) {
    if (opening.get() === mine) opening.set({ source: null, failed: { source, error: asApiError(thrown) } });
    return null;
  }
}
