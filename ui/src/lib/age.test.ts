import { expect, test } from "vitest";

import { bytes, freshness, humanDuration, plural } from "./age";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [95 * SECOND, "95s"],
  [5 * MINUTE + 30 * SECOND, "5m30s"],
  [8 * MINUTE, "8m"],
  [47 * MINUTE, "47m"],
  [5 * HOUR + 12 * MINUTE, "5h12m"],
  [31 * HOUR, "31h"],
  [3 * DAY + 4 * HOUR, "3d4h"],
  [200 * DAY, "200d"],
  [760 * DAY, "2y30d"],
  [9 * 365 * DAY, "9y"],
])("an age of %i ms reads %s, as kubectl prints it", (millis, text) => {
  expect(humanDuration(millis)).toBe(text);
});

test("freshness has tenths while it is fresh", () => {
  expect(freshness(180)).toBe("0.2 s");
  expect(freshness(42_000)).toBe("42s");
});

test("counts and sizes", () => {
  expect(plural(1, "object")).toBe("1 object");
  expect(plural(12_345, "object")).toBe("12,345 objects");
  expect(bytes(999)).toBe("999 B");
  expect(bytes(1_250_000)).toBe("1.3 MB");
});
