/** Every command and stream of the hosts, typed by the generated list. Components call these; nothing else knows how they travel. */

import type { ApiError } from "./bindings/ApiError";
import type { ClusterSource } from "./bindings/ClusterSource";
import type { Commands, Streams } from "./bindings/commands";
import type { ContextUpdate } from "./bindings/ContextUpdate";
import type { Direction } from "./bindings/Direction";
import type { ExportRequest } from "./bindings/ExportRequest";
import type { Notice } from "./bindings/Notice";
import { httpTransport } from "./transport/http";
import { insideWindow, tauriTransport } from "./transport/tauri";
import type { Transport } from "./transport/transport";

export { saveAs } from "./transport/files";
export { asApiError } from "./transport/transport";

export const transport: Transport = insideWindow() ? tauriTransport() : httpTransport();

function call<Name extends keyof Commands>(command: Name, request: Commands[Name]["request"], signal?: AbortSignal): Promise<Commands[Name]["answer"]> {
  return transport.call(command, request, signal);
}

/** The subscription whose cards an answer is to name; null for the cluster as it is. */
export type PictureId = number | null;

export const api = {
  appInfo: () => call("app_info", {}),
  contextsList: () => call("contexts_list", {}),
  contextProbe: (id: string, signal?: AbortSignal) => call("context_probe", { id }, signal),
  contextUpdate: (change: ContextUpdate) => call("context_update", change),
  clusterConnect: (source: ClusterSource) => call("cluster_connect", { source }),
  clusterDisconnect: (cluster: string) => call("cluster_disconnect", { cluster }),
  clusterForget: (cluster: string) => call("cluster_forget", { cluster }),
  clustersOpen: () => call("clusters_open", {}),
  clusterStatus: (cluster: string) => call("cluster_status", { cluster }),
  objectDetail: (cluster: string, key: string) => call("object_detail", { cluster, key }),
  edgeDetail: (cluster: string, picture: PictureId, from: string, to: string) => call("edge_detail", { cluster, picture, from, to }),
  objectSearch: (cluster: string, picture: PictureId, query: string, limit: number, signal?: AbortSignal) => call("object_search", { cluster, picture, query, limit }, signal),
  objectPaths: (cluster: string, picture: PictureId, from: string, to: string) => call("object_paths", { cluster, picture, from, to }),
  objectReach: (cluster: string, picture: PictureId, key: string, direction: Direction) => call("object_reach", { cluster, picture, key, direction }),
  exportFormats: () => call("export_formats", {}),
  exportPreview: (request: ExportRequest, signal?: AbortSignal) => call("export_preview", request, signal),
  exportStart: (request: ExportRequest) => call("export_start", request),
  exportCancel: (id: string) => call("export_cancel", { id }),
  exportsList: () => call("exports_list", {}),
  /** Null where nothing was remembered under this name. */
  preferenceGet: async (name: string): Promise<unknown> => (await call("preference_get", { name })).value,
  preferenceSet: (name: string, value: unknown) => call("preference_set", { name, value }),
  databaseReset: () => call("database_reset", { consent: true }),
  icons: () => call("icons", {}),
};

type PictureRequest = Streams["picture"]["request"];

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
