import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { pageToken } from "./token";

const fetched = vi.fn(async (_url: string, _options: RequestInit) => new Response('{"token":"own"}', { status: 200 }));

beforeEach(() => {
  sessionStorage.clear();
  fetched.mockClear();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

test("the printed address becomes a token of this page, and the secret leaves it at once", async () => {
  window.history.replaceState(null, "", "/open/s3cret-word#/cluster/demo?lens=traffic");
  const token = pageToken();
  expect(location.pathname + location.hash).toBe("/#/cluster/demo?lens=traffic");
  expect(await token).toBe("own");
  expect(fetched.mock.calls[0]?.[0]).toBe("/pages");
  expect(fetched.mock.calls[0]?.[1].headers).toEqual({ authorization: "Bearer s3cret-word" });
  // A reload of the cleaned address.
  fetched.mockClear();
  expect(await pageToken()).toBe("own");
  expect(fetched).not.toHaveBeenCalled();
});

test("a secret of an earlier start is no token", async () => {
  window.history.replaceState(null, "", "/open/old");
  fetched.mockResolvedValueOnce(new Response("{}", { status: 401 }));
  expect(await pageToken()).toBeNull();
});

test("a copied link is let in by a page that is open", async () => {
  sessionStorage.setItem("token", "first");
  expect(await pageToken()).toBe("first");
  sessionStorage.clear();
  expect(await pageToken()).toBe("own");
  expect(fetched).toHaveBeenCalledWith("/pages", { method: "POST", headers: { authorization: "Bearer first" } });
});
