import { expect, test } from "vitest";

import type { Point } from "./geometry";
import { spliced } from "./splice";

const stay = (letter: string) => letter;

function change(gone: number[], at: number[], sent: string[] = []) {
  return { splice: { gone, at, moved: [] }, sent, by: [] };
}

test("entries leave, come in, and the rest keeps its order", () => {
  const held = [..."abcd"];
  expect(spliced(held, change([], []), stay)).toBe(held);
  expect(spliced(held, change([1], [1], ["x"]), stay)).toEqual([..."axcd"]);
  expect(spliced(held, change([2], [0, 3], ["x", "y"]), stay)).toEqual([..."xabyd"]);
  expect(spliced(held, change([0, 1, 2, 3], []), stay)).toEqual([]);
  expect(spliced([], change([], [0, 1], ["a", "b"]), stay)).toEqual(["a", "b"]);
});

test("what only moved goes so far", () => {
  const places = [10, 20, 30, 40].map((y) => ({ x: 0, y }));
  const move = (place: Point, by: Point) => ({ x: place.x + by.x, y: place.y + by.y });
  const splice = { gone: [0], at: [], moved: [[1, 2] as [number, number]] };
  expect(spliced(places, { splice, sent: [], by: [{ x: 0, y: -10 }] }, move)).toEqual([places[1], { x: 0, y: 20 }, { x: 0, y: 30 }]);
});
