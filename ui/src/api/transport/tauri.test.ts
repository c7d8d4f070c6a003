import { beforeEach, expect, test, vi } from "vitest";

import { tauriTransport } from "./tauri";

const window = vi.hoisted(() => ({ channels: [] as Array<{ onmessage: (message: unknown) => void }>, invoked: [] as Array<[string, unknown]>, refuses: "" }));
vi.mock("@tauri-apps/api/core", () => ({
  Channel: class {
    onmessage: (message: unknown) => void = () => undefined;
    constructor() {
      window.channels.push(this);
    }
  },
  invoke: async (name: string, request: unknown) => {
    window.invoked.push([name, request]);
    if (name === window.refuses) throw { code: "invalid", message: "does not fit", detail: null };
    return name === "stream_open" ? 7 : undefined;
  },
}));

beforeEach(() => {
  window.channels = [];
  window.invoked = [];
  window.refuses = "";
});

test("values, bytes and errors of a channel reach their reader, and nothing after it was closed", async () => {
  const [item, failed] = [vi.fn(), vi.fn()];
  const stream = tauriTransport().open("picture", () => ({}), { item, failed });
  const says = (message: unknown) => window.channels[0]?.onmessage(message);
  says({ item: { event: "closed" } });
  says([1, 2]);
  says({ error: { code: "failed", message: "gone", detail: null } });
  expect(item.mock.calls[0]?.[0]).toEqual({ event: "closed" });
  expect([...new Uint8Array(item.mock.calls[1]?.[0] as ArrayBuffer)]).toEqual([1, 2]);
  expect(failed).toHaveBeenCalledOnce();
  stream.close();
  says([3]);
  expect(item).toHaveBeenCalledTimes(2);
  await vi.waitFor(() => expect(window.invoked.at(-1)).toEqual(["stream_close", { id: 7 }]));
});

test("what is said to a stream arrives in its order, and what is refused is told", async () => {
  const failed = vi.fn();
  const stream = tauriTransport().open<number, unknown>("rows", () => ({}), { failed });
  for (const message of [1, 2, 3]) stream.send(message);
  await vi.waitFor(() => expect(window.invoked).toHaveLength(4));
  expect(window.invoked.slice(1)).toEqual([1, 2, 3].map((message) => ["stream_send", { id: 7, message }]));
  window.refuses = "stream_send";
  stream.send(4);
  await vi.waitFor(() => expect(failed).toHaveBeenCalledWith({ code: "invalid", message: "does not fit", detail: null }));
});
