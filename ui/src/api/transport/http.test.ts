import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { httpTransport } from "./http";
import { CommandError } from "./transport";

/** A socket that does what the test says. */
class Socket extends EventTarget {
  static readonly OPEN = 1;
  static made: Socket[] = [];
  readyState = 0;
  binaryType = "";
  sent: unknown[] = [];

  constructor(readonly address: URL) {
    super();
    Socket.made.push(this);
  }

  send(text: string) {
    this.sent.push(JSON.parse(text));
  }

  /** Until the page has shown its token. */
  async opens() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
    await vi.waitFor(() => expect(this.sent).not.toEqual([]));
  }

  breaks(code = 1006) {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }

  says(data: unknown) {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

beforeEach(() => {
  Socket.made = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", Socket);
  sessionStorage.clear();
  sessionStorage.setItem("token", "t0ken");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the page's token goes with every request", async () => {
  const fetched = vi.fn(async (_url: string, _options: RequestInit) => new Response('{"version":"1"}', { status: 200 }));
  vi.stubGlobal("fetch", fetched);
  expect(await httpTransport().call("app_info", {})).toEqual({ version: "1" });
  expect(fetched.mock.calls[0]?.[0]).toBe("/api/v1/app_info");
  expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ authorization: "Bearer t0ken" });
});

test("a chosen folder is uploaded file by file, and opened as one path", async () => {
  const fetched = vi.fn(async (_url: string, _options: RequestInit) => new Response('{"path":"/uploads/a/dump"}', { status: 200 }));
  vi.stubGlobal("fetch", fetched);
  const file = (place: string) => Object.defineProperty(new File(["kind: Pod"], "x"), "webkitRelativePath", { value: place });
  const files = [file("dump/shop/pods.yaml"), file("dump/ä b.yaml")];
  vi.spyOn(HTMLInputElement.prototype, "files", "get").mockReturnValue(files as unknown as FileList);
  vi.spyOn(HTMLInputElement.prototype, "click").mockImplementation(function click(this: HTMLInputElement) {
    this.dispatchEvent(new Event("change"));
  });
  const chosen = vi.fn();
  expect(await httpTransport().pickFiles(true, chosen)).toEqual(["/uploads/a/dump"]);
  expect(chosen).toHaveBeenCalledOnce();
  const places = fetched.mock.calls.map(([address]) => address.split("/").slice(3).join("/"));
  expect(places).toEqual(["dump/shop/pods.yaml", "dump/%C3%A4%20b.yaml"]);
});

test("an error of the host keeps its code", async () => {
  vi.stubGlobal("fetch", async () => new Response('{"code":"forbidden","message":"may not","detail":null}', { status: 403 }));
  const failed = await httpTransport().call("x", {}).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(CommandError);
  expect(failed).toMatchObject({ code: "forbidden", message: "may not" });
});

test("a refused token says what to do", async () => {
  vi.stubGlobal("fetch", async () => new Response("no", { status: 401 }));
  await expect(httpTransport().call("x", {})).rejects.toThrow(/serve/);
});

test("a link in a browser that never had a token says that the printed address is needed", async () => {
  sessionStorage.clear();
  vi.stubGlobal("BroadcastChannel", undefined);
  vi.stubGlobal("fetch", async () => new Response("no", { status: 401 }));
  await expect(httpTransport().call("x", {})).rejects.toThrow(/not let in yet.*open the address that `kubilitics-cli serve` printed/);
});

test("values, binaries and errors reach their stream", async () => {
  const transport = httpTransport();
  const value = vi.fn();
  const binary = vi.fn();
  const failed = vi.fn();
  transport.open("notices", () => ({}), { item: value, failed });
  transport.open("picture", () => ({ cluster: "a" }), { item: binary });
  const [socket] = Socket.made;
  await socket?.opens();
  expect(socket?.sent).toEqual([{ token: "t0ken" }, { open: { id: 1, stream: "notices", request: {} } }, { open: { id: 2, stream: "picture", request: { cluster: "a" } } }]);
  socket?.says('{"id":1,"item":{"event":"closed","data":"a"}}');
  socket?.says('{"id":1,"error":{"code":"failed","message":"gone","detail":null}}');
  socket?.says(Uint8Array.from([2, 0, 0, 0, 7, 8]).buffer);
  socket?.says("not JSON");
  expect(value).toHaveBeenCalledExactlyOnceWith({ event: "closed", data: "a" });
  expect(failed).toHaveBeenCalledOnce();
  expect([...new Uint8Array(binary.mock.calls[0]?.[0] as ArrayBuffer)]).toEqual([7, 8]);
});

test("a broken socket is made anew, and every stream is asked for again from where it was", async () => {
  const transport = httpTransport();
  const reopened = vi.fn();
  let resume: number | null = null;
  transport.open("picture", () => ({ resume }), { reopened });
  await Socket.made[0]?.opens();
  expect(transport.connected.get()).toBe(true);
  resume = 7;
  Socket.made[0]?.breaks();
  expect(transport.connected.get()).toBe(false);
  vi.advanceTimersByTime(250);
  await Socket.made[1]?.opens();
  Socket.made[1]?.says('{"id":1,"item":{}}');
  expect(transport.connected.get()).toBe(true);
  expect(reopened).toHaveBeenCalledOnce();
  expect(Socket.made[1]?.sent).toEqual([{ token: "t0ken" }, { open: { id: 1, stream: "picture", request: { resume: 7 } } }]);
});

test("a host that is full is asked less and less often, and nothing is asked for anew meanwhile", async () => {
  const transport = httpTransport();
  const reopened = vi.fn();
  transport.open("notices", () => ({}), { reopened });
  for (const wait of [250, 500, 1000, 2000]) {
    const socket = Socket.made.at(-1);
    await socket?.opens();
    socket?.breaks(1013);
    expect(transport.connected.get()).toBe(false);
    const before = Socket.made.length;
    vi.advanceTimersByTime(wait - 1);
    expect(Socket.made).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(Socket.made).toHaveLength(before + 1);
  }
  expect(reopened).not.toHaveBeenCalled();
});

test("a closed stream is not asked for again", async () => {
  const transport = httpTransport();
  const stream = transport.open("picture", () => ({}), {});
  await Socket.made[0]?.opens();
  stream.close();
  expect(Socket.made[0]?.sent.at(-1)).toEqual({ close: { id: 1 } });
  Socket.made[0]?.breaks();
  vi.advanceTimersByTime(10_000);
  expect(Socket.made).toHaveLength(1);
});

test("a host that does not know the token is not asked for ever", async () => {
  const transport = httpTransport();
  transport.open("notices", () => ({}), {});
  await Socket.made[0]?.opens();
  Socket.made[0]?.breaks(1008);
  vi.advanceTimersByTime(60_000);
  expect(Socket.made).toHaveLength(1);
  expect(transport.connected.get()).toBe(false);
});
