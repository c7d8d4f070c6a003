/** Every command and stream of the hosts, typed. Components call these; nothing else knows how they travel. */

import type { AppInfo } from "./bindings/AppInfo";
import type { ApiError } from "./bindings/ApiError";
import type { ClusterSource } from "./bindings/ClusterSource";
import type { ClusterStatus } from "./bindings/ClusterStatus";
import type { ClusterSummary } from "./bindings/ClusterSummary";
import type { ContextHealth } from "./bindings/ContextHealth";
import type { ContextList } from "./bindings/ContextList";
import type { EdgeDetail } from "./bindings/EdgeDetail";
import type { ExportFormat } from "./bindings/ExportFormat";
import type { ExportRecord } from "./bindings/ExportRecord";
import type { ExportRequest } from "./bindings/ExportRequest";
import type { ExportStatus } from "./bindings/ExportStatus";
import type { Notice } from "./bindings/Notice";
import type { ObjectDetail } from "./bindings/ObjectDetail";
import type { SearchHit } from "./bindings/SearchHit";
import type { View } from "./bindings/View";
import { httpTransport } from "./transport/http";
import { insideWindow, tauriTransport } from "./transport/tauri";
import type { Transport } from "./transport/transport";

export { CommandError, asApiError } from "./transport/transport";

export const transport: Transport = insideWindow() ? tauriTransport() : httpTransport();

interface ContextChange {
  id: string;
  alias: string | null;
  colour: string | null;
  tag: string | null;
  namespaces: string[];
}

const call = transport.call;

export const api = {
  appInfo: () => call<AppInfo>("app_info", {}),
  contextsList: () => call<ContextList>("contexts_list", {}),
  contextProbe: (id: string, signal?: AbortSignal) => call<ContextHealth>("context_probe", { id }, signal),
  contextUpdate: (change: ContextChange) => call<unknown>("context_update", change),
  clusterConnect: (source: ClusterSource) => call<ClusterSummary>("cluster_connect", { source }),
  clusterDisconnect: (cluster: string) => call<unknown>("cluster_disconnect", { cluster }),
  clustersOpen: () => call<ClusterSummary[]>("clusters_open", {}),
  clusterStatus: (cluster: string) => call<ClusterStatus>("cluster_status", { cluster }),
  objectDetail: (cluster: string, key: string) => call<ObjectDetail>("object_detail", { cluster, key }),
  edgeDetail: (cluster: string, from: string, to: string) => call<EdgeDetail[]>("edge_detail", { cluster, from, to }),
  objectSearch: (cluster: string, query: string, limit: number) =>
    call<SearchHit[]>("object_search", { cluster, query, limit }),
  exportFormats: () => call<ExportFormat[]>("export_formats", {}),
  exportPreview: (request: ExportRequest, signal?: AbortSignal) => call<{ svg: string }>("export_preview", request, signal),
  exportStart: (request: ExportRequest) => call<ExportStatus>("export_start", request),
  exportCancel: (id: string) => call<unknown>("export_cancel", { id }),
  exportsList: () => call<ExportRecord[]>("exports_list", {}),
  preferenceGet: (name: string) => call<unknown>("preference_get", { name }),
  preferenceSet: (name: string, value: unknown) => call<unknown>("preference_set", { name, value }),
  databaseReset: () => call<unknown>("database_reset", { consent: true }),
  icons: () => call<Record<string, string[]>>("icons", {}),
};

/** What is asked of the picture stream; `resume` is the number of the last message received. */
export interface PictureRequest {
  cluster: string;
  view: View;
  resume: number | null;
}

interface PictureReader {
  message: (message: ArrayBuffer) => void;
  failed: (error: ApiError) => void;
}

export function openPicture(request: () => PictureRequest, reader: PictureReader): () => void {
  return transport.open("picture", request, { binary: reader.message, failed: reader.failed });
}

export function openNotices(notice: (notice: Notice) => void, reopened: () => void): () => void {
  return transport.open("notices", () => ({}), { value: (value) => notice(value as Notice), reopened });
}
