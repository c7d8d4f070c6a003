import { expect, test } from "vitest";

import { legible } from "./legible";

test("what hides or turns a text is written out", () => {
  expect(legible("evil\u202egpj.exe")).toBe("evil«U+202E»gpj.exe");
  expect(legible("pay\u200bments\ufeff")).toBe("pay«U+200B»ments«U+FEFF»");
  expect(legible("\u001b[2Jx")).toBe("«U+001B»[2Jx");
  expect(legible("tag\u{e0041}")).toBe("tag«U+E0041»");
  expect(legible("two\nlines ä 東京 🚀")).toBe("two\nlines ä 東京 🚀");
});
