/**
 * The host behind `kubilitics-cli serve`: commands as POST, all streams over one WebSocket that is made anew when it breaks.
 *
 * The token stands in the printed address; the server answers the first page with a cookie, and the address is cleaned so
 * that the token does not stay in the history.
 */

import { CommandError, isApiError, type StreamReader, type Transport } from "./transport";

interface OpenStream {
  name: string;
  request: () => unknown;
  reader: StreamReader;
}

const RETRY_MILLIS = [250, 500, 1000, 2000, 5000];

export function httpTransport(): Transport {
  const token = takeToken();
  const streams = new Map<number, OpenStream>();
  const listeners = new Set<() => void>();
  let socket: WebSocket | null = null;
  let nextId = 1;
  let tries = 0;
  let connected = true;

  const setConnected = (value: boolean) => {
    if (connected === value) return;
    connected = value;
    for (const listener of listeners) listener();
  };

  const send = (message: unknown) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };

  const announce = (id: number, stream: OpenStream) =>
    send({ open: { id, stream: stream.name, request: stream.request() } });

  const connect = () => {
    const address = new URL("/api/v1/stream", location.href);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    if (token) address.searchParams.set("token", token);
    const opened = new WebSocket(address);
    opened.binaryType = "arraybuffer";
    socket = opened;
    opened.addEventListener("open", () => {
      const again = tries > 0;
      tries = 0;
      setConnected(true);
      for (const [id, stream] of streams) {
        if (again) stream.reader.reopened?.();
        announce(id, stream);
      }
    });
    opened.addEventListener("message", (event) => deliver(streams, event.data));
    opened.addEventListener("close", () => {
      if (socket !== opened) return;
      socket = null;
      if (streams.size === 0) return;
      setConnected(false);
      const wait = RETRY_MILLIS[Math.min(tries, RETRY_MILLIS.length - 1)];
      tries += 1;
      setTimeout(connect, wait);
    });
  };

  return {
    host: "browser",
    async call<T>(command: string, request: unknown, signal?: AbortSignal): Promise<T> {
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (token) headers.authorization = `Bearer ${token}`;
      const answer = await fetch(`/api/v1/${command}`, {
        method: "POST",
        headers,
        body: JSON.stringify(request ?? null),
        signal: signal ?? null,
      });
      const text = await answer.text();
      const body: unknown = text ? safeJson(text) : null;
      if (answer.ok) return body as T;
      if (isApiError(body)) throw new CommandError(body);
      const code = answer.status === 401 ? "unauthorized" : "failed";
      throw new CommandError({ code, message: refusal(answer.status, command), detail: text || null });
    },
    open(name, request, reader) {
      const id = nextId++;
      const stream = { name, request, reader };
      streams.set(id, stream);
      if (socket === null && tries === 0) connect();
      else announce(id, stream);
      return () => {
        streams.delete(id);
        send({ close: { id } });
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

function refusal(status: number, command: string): string {
  if (status === 401) return "this page's token is not valid any more: open the address that `kubilitics-cli serve` printed";
  return `the server answered ${status} to ${command}`;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function deliver(streams: Map<number, OpenStream>, data: unknown) {
  if (data instanceof ArrayBuffer) {
    if (data.byteLength < 4) return;
    const id = new DataView(data).getUint32(0, true);
    streams.get(id)?.reader.binary?.(data.slice(4));
    return;
  }
  if (typeof data !== "string") return;
  const message = safeJson(data) as { id?: number; data?: unknown; error?: unknown } | null;
  if (message === null || typeof message.id !== "number") return;
  const reader = streams.get(message.id)?.reader;
  if (isApiError(message.error)) reader?.failed?.(message.error);
  else reader?.value?.(message.data);
}

function takeToken(): string | null {
  const address = new URL(location.href);
  const token = address.searchParams.get("token");
  if (token !== null) {
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
    rememberToken(token);
    return token;
  }
  return recallToken();
}

// A reload of the cleaned address must still be let in where cookies are refused; the session storage ends with the tab.
function rememberToken(token: string) {
  try {
    sessionStorage.setItem("token", token);
  } catch {
    // Storage may be switched off; the cookie remains.
  }
}

function recallToken(): string | null {
  try {
    return sessionStorage.getItem("token");
  } catch {
    return null;
  }
}
