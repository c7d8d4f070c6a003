/** As much of the WebDriver protocol as the window's tests need, over fetch: `tauri-driver` speaks it for the real window. */

import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

interface Answer {
  value: unknown;
}

export class Window {
  private constructor(
    private readonly driver: ChildProcess,
    private readonly session: string,
  ) {}

  /** Starts the application (`KUBILITICS_APP`) under `tauri-driver`; there must be a display. */
  static async open(environment: Record<string, string> = {}, args: string[] = []): Promise<Window> {
    const application = process.env.KUBILITICS_APP;
    if (!application) throw new Error("KUBILITICS_APP is not set: build the application and pass the path of its binary");
    const [port, nativePort] = [await freePort(), await freePort()];
    const driver = spawn(process.env.TAURI_DRIVER ?? "tauri-driver", ["--port", String(port), "--native-port", String(nativePort)], {
      env: { ...process.env, ...environment },
      stdio: "inherit",
    });
    const base = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${base}/status`)).ok, "tauri-driver does not answer");
    const capabilities = { alwaysMatch: { browserName: "wry", "tauri:options": { application, args } } };
    const made = (await ask("POST", `${base}/session`, { capabilities })) as { sessionId: string };
    return new Window(driver, `${base}/session/${made.sessionId}`);
  }

  async close(): Promise<void> {
    await ask("DELETE", this.session).catch(() => undefined);
    this.driver.kill();
  }

  /** Gives the window a size, without its frame. */
  async resize(width: number, height: number): Promise<void> {
    await ask("POST", `${this.session}/window/rect`, { width, height });
  }

  /** Runs a function's body in the page. */
  async run<T>(body: string, ...args: unknown[]): Promise<T> {
    return (await ask("POST", `${this.session}/execute/sync`, { script: body, args })) as T;
  }

  async element(selector: string): Promise<string> {
    let found: Record<string, string> = {};
    await until(async () => {
      found = (await ask("POST", `${this.session}/element`, { using: "css selector", value: selector })) as Record<string, string>;
      return true;
    }, `nothing matches ${selector}`);
    return found[ELEMENT] ?? "";
  }

  async click(selector: string): Promise<void> {
    await ask("POST", `${this.session}/element/${await this.element(selector)}/click`, {});
  }

  /** Clicks the button that bears this text. */
  async clickButton(text: string): Promise<void> {
    const marked = "[data-e2e-target]";
    await until(
      async () =>
        await this.run<boolean>(
          `document.querySelectorAll("${marked}").forEach((each) => each.removeAttribute("data-e2e-target"));
           const button = [...document.querySelectorAll("button")].find((each) => each.textContent.trim() === arguments[0]);
           button?.setAttribute("data-e2e-target", ""); return button !== undefined;`,
          text,
        ),
      `there is no button "${text}"`,
    );
    await this.click(marked);
  }

  async text(selector: string): Promise<string> {
    return (await ask("GET", `${this.session}/element/${await this.element(selector)}/text`)) as string;
  }

  /** Presses keys one after another on what has the focus. */
  async keys(...keys: string[]): Promise<void> {
    const actions = keys.flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await ask("POST", `${this.session}/actions`, { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async clickAt(x: number, y: number): Promise<void> {
    const actions = [
      { type: "pointerMove", x: Math.round(x), y: Math.round(y) },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    await ask("POST", `${this.session}/actions`, { actions: [{ type: "pointer", id: "mouse", actions }] });
  }
}

async function ask(method: string, url: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(url, body === undefined ? { method } : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  const { value } = (await answer.json()) as Answer;
  if (!answer.ok) throw new Error(`${method} ${url}: ${JSON.stringify(value).slice(0, 400)}`);
  return value;
}

const PATIENCE_MILLIS = 30_000;
const PAUSE_MILLIS = 100;

/** Asks until the answer is yes; errors on the way count as no, the last one is told. */
export async function until(probe: () => Promise<boolean>, otherwise: string, patienceMillis = PATIENCE_MILLIS): Promise<void> {
  const end = Date.now() + patienceMillis;
  let last: unknown;
  while (Date.now() < end) {
    try {
      if (await probe()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS));
  }
  throw new Error(`${otherwise}${last instanceof Error ? `: ${last.message}` : ""}`);
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => (typeof address === "object" && address ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}
