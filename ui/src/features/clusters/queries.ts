/** Clusters and contexts as queries; notices of the host keep them up to date, nothing polls. */

import { hashKey, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import type { ClusterStatus } from "@/api/bindings/ClusterStatus";
import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import type { ContextSummary } from "@/api/bindings/ContextSummary";
import { api, streams } from "@/api/host";

export const keys = {
  contexts: ["contexts"],
  open: ["clusters"],
  status: (cluster: string) => ["status", cluster],
  probe: (id: string) => ["probe", id],
  app: ["app"],
  exports: ["exports"],
  running: (id: string) => ["export", id],
} as const;

export function useContexts() {
  return useQuery({ queryKey: keys.contexts, queryFn: ({ signal }) => api.contextsList(signal) });
}

/** The context that a cluster was opened from; none for files and the demo. */
export function useContextOf({ source }: ClusterSummary): ContextSummary | undefined {
  const contexts = useContexts().data?.contexts;
  return source.from === "context" ? contexts?.find((each) => each.id === source.id) : undefined;
}

export function useOpenClusters() {
  return useQuery({ queryKey: keys.open, queryFn: ({ signal }) => api.clustersOpen(signal) });
}

export function useCluster(cluster: string): ClusterSummary | undefined {
  return useOpenClusters().data?.find((each) => each.cluster === cluster);
}

export function useStatus(cluster: string): ClusterStatus | undefined {
  // What has just been closed has no status to ask for, though it may still be on screen.
  const enabled = useCluster(cluster) !== undefined;
  return useQuery({ queryKey: keys.status(cluster), queryFn: () => api.clusterStatus({ cluster }), enabled }).data;
}

export function useAppInfo() {
  return useQuery({ queryKey: keys.app, queryFn: ({ signal }) => api.appInfo(signal) });
}

/** Asked when the row appears, each on its own: a broken context delays no other. */
export function useProbe(id: string, enabled: boolean) {
  return useQuery({
    queryKey: keys.probe(id),
    queryFn: ({ signal }) => api.contextProbe({ id }, signal),
    enabled,
    retry: false,
    staleTime: 30_000,
  });
}

/** Takes an opened cluster into the list, once. */
export function addOpen(queries: QueryClient, cluster: ClusterSummary) {
  queries.setQueryData<ClusterSummary[]>(keys.open, (open = []) => (open.some((each) => each.cluster === cluster.cluster) ? open : [...open, cluster]));
}

export function useDisconnect(closed: (cluster: string) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (cluster: string) => api.clusterDisconnect({ cluster }),
    onSuccess: (_, cluster) => {
      forget(queries, cluster);
      closed(cluster);
    },
  });
}

function forget(queries: QueryClient, cluster: string) {
  queries.setQueryData<ClusterSummary[]>(keys.open, (open = []) => open.filter((each) => each.cluster !== cluster));
  queries.removeQueries({ queryKey: keys.status(cluster) });
}

/** Hands on the ids of the open clusters whenever they are told. */
export function followOpen(queries: QueryClient, take: (open: readonly string[]) => void): () => void {
  const open = hashKey(keys.open);
  return queries.getQueryCache().subscribe(({ query }) => {
    const data = query.queryHash === open ? queries.getQueryData<ClusterSummary[]>(keys.open) : undefined;
    if (data) take(data.map((each) => each.cluster));
  });
}

/** What was asked for outside the page, by starting the application. */
export interface Asked {
  isOpen: (cluster: ClusterSummary) => void;
  refused: () => void;
}

/** One subscription for the whole interface. */
export function followNotices(queries: QueryClient, asked: Asked): () => void {
  const stream = streams.notices(() => ({}), {
    item: (notice) => {
      switch (notice.event) {
        case "contexts":
          // An answer that is still on its way is older than this.
          void queries.cancelQueries({ queryKey: keys.contexts });
          queries.setQueryData(keys.contexts, notice.data);
          break;
        case "status":
          queries.setQueryData(keys.status(notice.data.cluster), notice.data);
          break;
        case "opened":
          addOpen(queries, notice.data);
          break;
        case "asked":
          addOpen(queries, notice.data);
          void queries.invalidateQueries({ queryKey: keys.app });
          asked.isOpen(notice.data);
          break;
        case "notOpened":
          void queries.invalidateQueries({ queryKey: keys.app });
          asked.refused();
          break;
        case "export":
          queries.setQueryData(keys.running(notice.data.id), notice.data);
          if (notice.data.done) void queries.invalidateQueries({ queryKey: keys.exports });
          break;
        case "closed":
          forget(queries, notice.data);
          break;
        case "missed":
          void queries.invalidateQueries();
          break;
      }
    },
    reopened: () => void queries.invalidateQueries(),
  });
  return stream.close;
}
