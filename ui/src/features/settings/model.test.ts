import { expect, test } from "vitest";

import { memoryText } from "./model";

const app = { version: "0.1.0", host: "browser", platform: "linux", database: "/data/kubilitics.db", databaseProblem: null, notOpened: null };

test("nothing is said to be remembered where nothing is", () => {
  expect(memoryText(app)).toBe("/data/kubilitics.db");
  expect(memoryText({ ...app, databaseProblem: "the database is damaged" })).toMatch(/^nothing, until \/data/);
  expect(memoryText({ ...app, database: null })).toMatch(/^nothing/);
  expect(memoryText(undefined)).toBe("…");
});
