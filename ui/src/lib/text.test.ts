import { expect, test } from "vitest";

import { sentence, toldInShort } from "./text";

test("an address, a version and a file keep their own capitals", () => {
  for (const text of ["https://127.0.0.1:1 refused the connection", "v1.36.3+kubilitics-demo · 7 ms", "web.yaml: no object", "/tmp/x is not there"]) expect(sentence(text)).toBe(text);
  expect(sentence("its cluster is in no file")).toBe("Its cluster is in no file");
  expect(sentence("ingress: 1 rule")).toBe("Ingress: 1 rule");
  expect(sentence("asking")).toBe("Asking");
  expect(sentence("")).toBe("");
});

test("a refused connection is one plain sentence, with what to do apart", () => {
  expect(toldInShort("https://127.0.0.1:1 refused the connection: nothing listens there; check that the cluster runs")).toEqual({
    said: "https://127.0.0.1:1 refused the connection",
    more: "nothing listens there; check that the cluster runs",
  });
  expect(toldInShort("v1.36.0 · 12 ms")).toEqual({ said: "v1.36.0 · 12 ms", more: "" });
  expect(toldInShort("error: of some sort").more).toBe("");
});
