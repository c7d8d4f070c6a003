/** What a host must be able to do for the interface; the window and the browser each have one. */

import type { ApiError } from "../bindings/ApiError";

/** What a stream hands on: items, which are JSON values or bytes by the stream, or the error that ended it. */
export interface StreamReader<Item> {
  item?: (item: Item) => void;
  failed?: (error: ApiError) => void;
  /** The host went away and came back: whatever was known must be asked for again. */
  reopened?: () => void;
}

/** A stream as its reader holds it. */
export interface OpenStream<Message> {
  /** Says something to the stream. Lost where the connection is: the request that is made anew says the same. */
  send: (message: Message) => void;
  close: () => void;
}

export interface Transport {
  readonly host: "window" | "browser";
  call<T>(command: string, request: unknown, signal?: AbortSignal): Promise<T>;
  /** Opens a stream. `request` is asked again whenever the connection had to be made anew. */
  open<Message, Item>(stream: string, request: () => unknown, reader: StreamReader<Item>): OpenStream<Message>;
  /** Whether the host answers; the window's always does. */
  connected: { get: () => boolean; subscribe: (listener: () => void) => () => void };
  /** Lets the person choose files, or folders; answers how the host calls them. `chosen` is called before they travel. */
  pickFiles: (folders: boolean, chosen: () => void) => Promise<string[]>;
  /** What an export without a path wrote, where the browser keeps it. */
  download?: (path: string) => Promise<Blob>;
  /** A native dialog, where the host has one. */
  pickSave?: (name: string, ending: string) => Promise<string | null>;
  /** The native menu, where there is one: the id of the entry that was chosen. */
  onMenu?: (chosen: (id: string) => void) => () => void;
}

/** The one error thrown by commands. */
export class CommandError extends Error {
  readonly code: ApiError["code"];
  readonly detail: string | null;

  constructor(error: ApiError) {
    super(error.message);
    this.name = "CommandError";
    this.code = error.code;
    this.detail = error.detail;
  }
}

export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof CommandError) return { code: thrown.code, message: thrown.message, detail: thrown.detail };
  if (isApiError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "failed", message, detail: null };
}

export function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && "code" in value && "message" in value;
}
