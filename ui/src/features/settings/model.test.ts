import { expect, test } from "vitest";

import { memoryText, problemText } from "./model";

const app = { version: "0.1.0", host: "browser", platform: "linux", folders: [], database: "/data/kubilitics.db", databaseProblem: null, notOpened: null };

test("nothing is said to be remembered where nothing is", () => {
  expect(memoryText(app)).toBe("/data/kubilitics.db");
  expect(memoryText({ ...app, databaseProblem: "the database is damaged" })).toMatch(/^nothing, until \/data/);
  expect(memoryText({ ...app, database: null })).toMatch(/^nothing/);
  expect(memoryText(undefined)).toBe("…");
});

test("what is the matter with the database is one sentence that names its path once", () => {
  const databaseProblem = "the database /data/kubilitics.db is damaged (no header); it was left as it is";
  expect(problemText({ ...app, databaseProblem })).toBe("The database /data/kubilitics.db is damaged (no header); it was left as it is.");
  expect(problemText(app)).toBeNull();
  expect(problemText(undefined)).toBeNull();
});
