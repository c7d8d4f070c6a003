import { expect, test } from "vitest";

import { spliced } from "./splice";

test("entries leave, come in, and the rest keeps its order", () => {
  const held = [..."abcd"];
  expect(spliced(held, { gone: [], at: [] }, [])).toBe(held);
  expect(spliced(held, { gone: [1], at: [1] }, ["x"])).toEqual([..."axcd"]);
  expect(spliced(held, { gone: [2], at: [0, 3] }, ["x", "y"])).toEqual([..."xabyd"]);
  expect(spliced(held, { gone: [0, 1, 2, 3], at: [] }, [])).toEqual([]);
  expect(spliced([], { gone: [], at: [0, 1] }, ["a", "b"])).toEqual(["a", "b"]);
});
