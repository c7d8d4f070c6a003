/** The host in the window: commands by `invoke`, streams by channels, native dialogs. The only file that knows Tauri. */

import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { open as openDialog, save as saveDialog } from "@tauri-apps/plugin-dialog";

import { CommandError, asApiError, type StreamReader, type Transport } from "./transport";

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
      let closed = false;
      channel.onmessage = (message) => {
        // Some were on their way when it was closed.
        if (!closed) deliver(message, reader as StreamReader<unknown>);
      };
      const failed = (thrown: unknown) => {
        if (!closed) reader.failed?.(asApiError(thrown));
      };
      const opening = invoke<number>("stream_open", { stream, request: request() ?? null, channel });
      opening.catch(failed);
      // One after another, so that what is said last arrives last. Where the stream was not opened, that was said.
      let said: Promise<unknown> = opening;
      const then = (next: (id: number) => Promise<void>) => {
        said = said.then(() => opening.then((id) => next(id).catch(failed), () => undefined), () => undefined);
      };
      return {
        send: (message) => then((id) => invoke("stream_send", { id, message })),
        close: () => {
          closed = true;
          then((id) => invoke("stream_close", { id }));
        },
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

/** Values come as `{item}`, why there are no more as `{error}`, bytes as they are: small ones as arrays of numbers, larger ones as buffers. */
function deliver(message: unknown, reader: StreamReader<unknown>) {
  if (message instanceof ArrayBuffer) reader.item?.(message);
  else if (ArrayBuffer.isView(message)) reader.item?.(new Uint8Array(message.buffer as ArrayBuffer, message.byteOffset, message.byteLength).slice().buffer);
  else if (Array.isArray(message)) reader.item?.(Uint8Array.from(message as number[]).buffer);
  else if (isRecord(message) && "error" in message) reader.failed?.(asApiError(message.error));
  else if (isRecord(message) && "item" in message) reader.item?.(message.item);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
