/**
 * The host behind `kubilitics-cli serve`: commands as POST, all streams over one WebSocket that is made anew when it breaks.
 * Each shows the page's token.
 */

import { chooseFiles, placeOf } from "./files";
import { pageToken } from "./token";
import { CommandError, isApiError, type StreamReader, type Transport } from "./transport";

interface Opened {
  name: string;
  request: () => unknown;
  reader: StreamReader<unknown>;
}

/** The host closes with it where the token is not one of its own: asking again changes nothing. */
const POLICY_VIOLATION = 1008;

const RETRY_MILLIS = [250, 500, 1000, 2000, 5000];

export function httpTransport(): Transport {
  const token = pageToken();
  const streams = new Map<number, Opened>();
  const listeners = new Set<() => void>();
  let socket: WebSocket | null = null;
  let nextId = 1;
  let tries = 0;
  let connected = true;
  /** Whether the socket is open and has been shown the token: orders come after it. */
  let greeted = false;

  const setConnected = (value: boolean) => {
    if (connected === value) return;
    connected = value;
    for (const listener of listeners) listener();
  };

  const send = (message: unknown) => {
    if (greeted) socket?.send(JSON.stringify(message));
  };

  const announce = (id: number, stream: Opened) =>
    send({ open: { id, stream: stream.name, request: stream.request() } });

  const connect = () => {
    const address = new URL("/api/v1/stream", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const opened = new WebSocket(address);
    const again = tries > 0;
    let accepted = false;
    opened.binaryType = "arraybuffer";
    socket = opened;
    opened.addEventListener("open", async () => {
      const shown = await token;
      if (socket !== opened) return;
      opened.send(JSON.stringify({ token: shown }));
      greeted = true;
      for (const [id, stream] of streams) announce(id, stream);
    });
    opened.addEventListener("message", (event) => {
      // A host may still refuse a socket that is open: it has taken it when it says something.
      if (!accepted) {
        accepted = true;
        tries = 0;
        setConnected(true);
        if (again) for (const stream of streams.values()) stream.reader.reopened?.();
      }
      deliver(streams, event.data);
    });
    opened.addEventListener("close", ({ code }) => {
      if (socket !== opened) return;
      socket = null;
      greeted = false;
      if (streams.size === 0) return;
      setConnected(false);
      if (code === POLICY_VIOLATION) return;
      const wait = RETRY_MILLIS[Math.min(tries, RETRY_MILLIS.length - 1)];
      tries += 1;
      setTimeout(connect, wait);
    });
  };

  /** An answer that is no refusal. */
  const ask = async (address: string, options: RequestInit): Promise<Response> => {
    const shown = await token;
    const headers = { ...options.headers, ...(shown === null ? {} : { authorization: `Bearer ${shown}` }) };
    const answer = await fetch(address, { ...options, headers });
    if (answer.ok) return answer;
    const text = await answer.text();
    const body = safeJson(text);
    if (answer.status !== 401 && isApiError(body)) throw new CommandError(body);
    const code = answer.status === 401 ? "unauthorized" : "failed";
    throw new CommandError({ code, message: refusal(answer.status, address, shown), detail: text || null });
  };

  return {
    host: "browser",
    async call<T>(command: string, request: unknown, signal?: AbortSignal): Promise<T> {
      const body = JSON.stringify(request ?? null);
      const headers = { "content-type": "application/json" };
      const answer = await ask(`/api/v1/${command}`, { method: "POST", headers, body, signal: signal ?? null });
      return safeJson(await answer.text()) as T;
    },
    async pickFiles(folders, chosen) {
      const files = await chooseFiles(folders);
      if (files.length > 0) chosen();
      const batch = crypto.randomUUID();
      const paths = new Set<string>();
      for (const file of files) {
        const place = placeOf(file).split("/").map(encodeURIComponent).join("/");
        const answer = await ask(`/uploads/${batch}/${place}`, { method: "POST", body: file });
        paths.add(((await answer.json()) as { path: string }).path);
      }
      return [...paths];
    },
    async download(path) {
      return await (await ask(path, {})).blob();
    },
    open(name, request, reader) {
      const id = nextId++;
      const stream = { name, request, reader: reader as StreamReader<unknown> };
      streams.set(id, stream);
      if (socket === null && tries === 0) connect();
      else announce(id, stream);
      return {
        send: (message) => send({ send: { id, message } }),
        close: () => {
          streams.delete(id);
          send({ close: { id } });
        },
      };
    },
    connected: {
      get: () => connected,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

function refusal(status: number, address: string, shown: string | null): string {
  if (status === 401 && shown === null) return "this browser was not let in yet, and a link alone does not let it in: open the address that `kubilitics-cli serve` printed first";
  if (status === 401) return "this page's token is not valid any more: open the address that `kubilitics-cli serve` printed";
  return `the server answered ${status} to ${address}`;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function deliver(streams: Map<number, Opened>, data: unknown) {
  if (data instanceof ArrayBuffer) {
    if (data.byteLength < 4) return;
    const id = new DataView(data).getUint32(0, true);
    streams.get(id)?.reader.item?.(data.slice(4));
    return;
  }
  if (typeof data !== "string") return;
  const message = safeJson(data) as { id?: number; item?: unknown; error?: unknown } | null;
  if (message === null || typeof message.id !== "number") return;
  const reader = streams.get(message.id)?.reader;
  if (isApiError(message.error)) reader?.failed?.(message.error);
  else reader?.item?.(message.item);
}
