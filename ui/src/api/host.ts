/** The host that answers this page: the window, or the server it was opened from. Its commands and streams are generated. */

import { commandsOver, streamsOver } from "./bindings/client";
import { httpTransport } from "./transport/http";
import { insideWindow, tauriTransport } from "./transport/tauri";
import type { Transport } from "./transport/transport";

export { saveAs } from "./transport/files";
export { asApiError } from "./transport/transport";

export const transport: Transport = insideWindow() ? tauriTransport() : httpTransport();

export const api = commandsOver(transport);
export const streams = streamsOver(transport);

/** The picture whose cards an answer is to name; null for the cluster as it is. */
export type PictureId = number | null;
