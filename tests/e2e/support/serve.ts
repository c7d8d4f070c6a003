/** A `kubilitics-cli serve` of a test's own, for what the common one cannot show; `KUBILITICS_CLI` is the program. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface Served {
  url: string;
  close: () => void;
}

export async function serve(...args: string[]): Promise<Served> {
  const program = process.env.KUBILITICS_CLI;
  if (!program) throw new Error("KUBILITICS_CLI is not set: the path of kubilitics-cli");
  const server = spawn(program, ["serve", ...args], { env: { ...process.env, KUBECONFIG: "/nowhere" }, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<never>((_, reject) => server.once("exit", (code) => reject(new Error(`kubilitics-cli serve ended with ${code}`))));
  const printed = new Promise<string>((resolve) => createInterface(server.stdout).once("line", resolve));
  const url = (await Promise.race([printed, ended])).trim();
  ended.catch(() => undefined);
  return { url, close: () => server.kill() };
}
