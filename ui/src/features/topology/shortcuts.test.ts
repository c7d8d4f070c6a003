import { expect, test } from "vitest";

import { shortcutOf } from "./shortcuts";

const key = (name: string, held = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...held });

test("a field that is typed in keeps its letters", () => {
  expect(shortcutOf(key("/"), false)).toBe("search");
  expect(shortcutOf(key("/"), true)).toBeNull();
  expect(shortcutOf(key("k", { metaKey: true }), true)).toBe("search");
  expect(shortcutOf(key("z", { ctrlKey: true }), true)).toBeNull();
});

test("what fingers know from k9s and from windows", () => {
  expect(shortcutOf(key("z", { ctrlKey: true }), false)).toBe("problems");
  expect(shortcutOf(key("z", { metaKey: true }), false)).toBeNull();
  expect(shortcutOf(key("["), false)).toBe("back");
  expect(shortcutOf(key("]", { ctrlKey: true }), false)).toBe("forward");
  expect(shortcutOf(key("?"), false)).toBe("help");
});
