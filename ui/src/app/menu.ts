/** Entries of the native menu that concern the whole application; those of the map are listened to there. */

import type { QueryClient } from "@tanstack/react-query";

import { transport } from "@/api/host";
import { opening, pickAndOpen } from "@/features/clusters";
import { theme, themeChoice } from "@/lib/theme";

import { router } from "./router";

/** The system's dialog, then the map of what was chosen; the start screen says why where it could not be opened. */
async function pick(queries: QueryClient, folders: boolean) {
  const cluster = await pickAndOpen(queries, folders);
  if (cluster) await router.navigate({ to: "/cluster/$cluster", params: { cluster: cluster.cluster } });
  else if (opening.get().failed) await router.navigate({ to: "/" });
}

export function followMenu(queries: QueryClient): () => void {
  const acts: Record<string, () => void> = {
    start: () => void router.navigate({ to: "/" }),
    "open-files": () => void pick(queries, false),
    "open-folder": () => void pick(queries, true),
    theme: () => themeChoice.set(theme.get() === "dark" ? "light" : "dark"),
  };
  return transport.onMenu?.((id) => acts[id]?.()) ?? (() => undefined);
}
