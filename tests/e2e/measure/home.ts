/** An environment of its own: no kubeconfig, no remembered choices, nothing of the person's is touched. */

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function home(): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "kubilitics-measure-"));
  return { HOME: folder, XDG_DATA_HOME: join(folder, "data"), XDG_CONFIG_HOME: join(folder, "config"), KUBECONFIG: join(folder, "none") };
}
