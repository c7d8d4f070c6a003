/** The host in the window: commands by `invoke`, streams by channels, native dialogs. The only file that knows Tauri. */

import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { open as openDialog, save as saveDialog } from "@tauri-apps/plugin-dialog";

import { CommandError, asApiError, isApiError, type StreamReader, type Transport } from "./transport";

export function insideWindow(): boolean {
  return "__TAURI_INTERNALS__" in globalThis;
}

export function tauriTransport(): Transport {
  return {
    host: "window",
    async call<T>(command: string, request: unknown): Promise<T> {
      try {
        return await invoke<T>(command, { request: request ?? null });
      } catch (thrown) {
        throw new CommandError(asApiError(thrown));
      }
    },
    open(stream, request, reader) {
      const channel = new Channel<unknown>();
      channel.onmessage = (message) => deliver(message, reader);
      let closed = false;
      const opening = invoke<number>("stream_open", { stream, request: request() ?? null, channel });
      opening.catch((thrown: unknown) => {
        if (!closed) reader.failed?.(asApiError(thrown));
      });
      return () => {
        closed = true;
        opening.then((id) => invoke("stream_close", { id })).catch(() => undefined);
      };
    },
    connected: { get: () => true, subscribe: () => () => undefined },
    async pickFiles(folders) {
      const picked = await openDialog({ multiple: true, directory: folders });
      if (picked === null) return [];
      return Array.isArray(picked) ? picked : [picked];
    },
    async pickSave(name, ending) {
      return await saveDialog({ defaultPath: name, filters: [{ name: ending, extensions: [ending] }] });
    },
    onMenu(chosen) {
      const listening = listen<string>("menu", ({ payload }) => chosen(payload));
      return () => void listening.then((stop) => stop());
    },
  };
}

// Small binary messages arrive as arrays of numbers, larger ones as buffers: Tauri decides by size.
function deliver(message: unknown, reader: StreamReader) {
  if (message instanceof ArrayBuffer) reader.binary?.(message);
  else if (ArrayBuffer.isView(message)) reader.binary?.(new Uint8Array(message.buffer as ArrayBuffer, message.byteOffset, message.byteLength).slice().buffer);
  else if (Array.isArray(message)) reader.binary?.(Uint8Array.from(message as number[]).buffer);
  else if (typeof message === "object" && message !== null && "error" in message && isApiError(message.error)) reader.failed?.(message.error);
  else if (typeof message === "object" && message !== null && "data" in message && !("event" in message)) reader.value?.(message.data);
  else reader.value?.(message);
}
