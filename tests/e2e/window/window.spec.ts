import { spawn } from "node:child_process";
import { access, mkdtemp, readFile, readdir, readlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Window, until } from "../support/webdriver";

let window: Window;
let home: string;
let environment: Record<string, string>;

// A home of its own: no kubeconfig, no remembered choices, nothing of the person's is touched.
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "kubilitics-e2e-"));
  environment = { HOME: home, XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config"), KUBECONFIG: join(home, "none") };
  window = await Window.open(environment);
});
afterAll(async () => window.close());

test("starts, and connects to the demo", async () => {
  await until(async () => (await window.run<string>("return document.readyState")) === "complete", "the page does not load");
  const onMap = await window.run<boolean>("return location.hash.includes('/cluster/')");
  if (!onMap) {
    const waiting = "[...document.querySelectorAll('button')].some((each) => each.textContent.trim() === 'Open the demo') || location.hash.includes('/cluster/')";
    await until(async () => await window.run<boolean>(`return ${waiting}`), "there is neither a start screen nor a map");
    if (!(await window.run<boolean>("return location.hash.includes('/cluster/')"))) await window.clickButton("Open the demo");
  }
  await window.element("[data-testid=map][data-painted]");
  await until(async () => (await window.text("[data-testid=freshness]")).startsWith("live"), "the demo does not become live");
});

test("selects a card by key, and says what it is", async () => {
  await window.run("document.querySelector('[data-testid=map]').focus()");
  await window.keys("g", "g");
  await window.element("[data-testid=inspector] h2");
  await until(async () => (await window.text("[data-testid=inspector]")).includes("Overview"), "the inspector stays empty");
});

test("selects on the drawn map by pointer", async () => {
  await window.keys("\uE00C");
  const middle = await window.run<{ x: number; y: number }>(
    "const box = document.querySelector('[data-testid=map]').getBoundingClientRect(); return { x: box.left + box.width / 2, y: box.top + box.height / 3 }",
  );
  await window.clickAt(middle.x, middle.y);
  await window.element("[data-testid=inspector]");
});

// WebDriver cannot reach a native dialog: the command is asked as the dialog's answer would ask it.
test("exports to a path", async () => {
  const path = join(home, "map.svg");
  await window.run(
    `const cluster = decodeURIComponent(location.hash.split("?")[0].split("/")[2]);
     const request = { cluster, view: null, format: "svg", theme: "light", title: null, stamp: false, aspect: null, scale: null, expand: false, path: arguments[0] };
     window.__TAURI_INTERNALS__.invoke("export_start", { request });`,
    path,
  );
  await until(async () => (await readFile(path, "utf8")).includes("</svg>"), "no file was written");
  expect(await readFile(path, "utf8")).toMatch(/^<\?xml|^<svg/);
});

/** The application started once more, by who stands in `home`; it must end by itself, having handed over. */
async function startAgain(...args: string[]): Promise<number | null> {
  const second = spawn(process.env.KUBILITICS_APP ?? "", args, { cwd: home, env: { ...process.env, ...environment }, stdio: "inherit" });
  return await new Promise((resolve, reject) => second.once("error", reject).once("exit", resolve));
}

test("a second start leads the window to what it asks for, open already or not", async () => {
  const isAt = async (part: string) => decodeURIComponent(await window.run<string>("return location.hash")).includes(part);
  await window.run("location.hash = '#/'");
  await window.element("h1");
  expect(await startAgain("--demo")).toBe(0);
  await until(() => isAt("/cluster/demo"), "the window does not go to the demo, which was open");
  await writeFile(join(home, "web.json"), JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: {} }));
  expect(await startAgain("web.json")).toBe(0);
  await until(() => isAt(`/cluster/files:${join(home, "web.json")}`), "the window does not go to the file");
  expect(await startAgain("--demo")).toBe(0);
  await until(() => isAt("/cluster/demo"), "the window does not come back to the demo");
  // What it cannot open it says, on the start screen.
  expect(await startAgain("no-such-file.yaml")).toBe(0);
  await until(async () => (await window.text("main")).includes("no-such-file.yaml"), "nobody says what is not there");
});

/** The process of the window, by its home. */
async function processOfWindow(): Promise<number> {
  for (const id of await readdir("/proc")) {
    const environ = await readFile(join("/proc", id, "environ"), "utf8").catch(() => "");
    const program = await readlink(join("/proc", id, "exe")).catch(() => "");
    if (program === process.env.KUBILITICS_APP && environ.includes(`HOME=${home}\0`)) return Number(id);
  }
  throw new Error("the window's process is not there");
}

test("begins with the size that it had when it was quit", async () => {
  const size = async () => await window.run<[number, number]>("return [innerWidth, innerHeight]");
  const before = await size();
  await window.resize(1111, 777);
  await until(async () => (await size()).join() !== before.join(), "the window does not take another size");
  const wanted = await size();
  const id = await processOfWindow();
  process.kill(id, "SIGINT");
  await until(async () => await access(join("/proc", String(id))).then(() => false, () => true), "the window does not end");
  await window.close();
  window = await Window.open(environment);
  await until(async () => (await size()).join() === wanted.join(), `the window does not come back as ${wanted.join(" × ")}`);
});

// The browser's host is asked the same in tests/acceptance/host/answers.rs.
test("answers every command of the list", async () => {
  const list = await readFile(join(import.meta.dirname, "../../../ui/src/api/bindings/client.ts"), "utf8");
  const names = [...list.matchAll(/transport\.call\("(\w+)"/g)].map((match) => match[1]!);
  expect(names).toContain("cluster_connect");
  // An empty request fits some commands; the others say what they lack, which they can only where they are known.
  await window.run(
    `globalThis.answers = {};
     for (const name of arguments[0]) {
       window.__TAURI_INTERNALS__.invoke(name, { request: {} }).then(() => (answers[name] = "answered"), (error) => (answers[name] = String(error.message ?? error)));
     }`,
    [...names, "absent_command"],
  );
  await until(async () => (await window.run<number>("return Object.keys(answers).length")) === names.length + 1, "a command is not answered");
  const answers = await window.run<Record<string, string>>("return answers");
  expect(Object.keys(answers).filter((name) => /not found/.test(answers[name]!))).toEqual(["absent_command"]);
  for (const name of names) expect(answers[name]).toMatch(/^answered$|^invalid args `request`/);
});
