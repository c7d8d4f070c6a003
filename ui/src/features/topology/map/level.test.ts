import { expect, test } from "vitest";

import { showsMembers } from "./level";

const block = (title: string, ...widths: number[]) => ({
  title,
  cards: widths.map((width) => ({ box: { x: 0, y: 0, width, height: 76 } })) as never[],
});

/** Under Placement the nodes were one bar from afar, and nobody could say which was which. */
test("cards of what has no name of its own are drawn before those of applications, where they hold a name", () => {
  expect(showsMembers(block("", 196, 196), "blocks", 0.28)).toBe(true);
  expect(showsMembers(block("", 196, 196), "blocks", 0.2)).toBe(false);
  expect(showsMembers(block("checkout", 196), "blocks", 0.28)).toBe(false);
  expect(showsMembers(block("", 196), "far", 0.12)).toBe(false);
});
