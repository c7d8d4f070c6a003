/** Entries of the native menu that concern the whole application; those of the map are listened to there. */

import { transport } from "@/api/client";

import { router } from "./router";
import { theme, themeChoice } from "./theme";

const ACTS: Record<string, () => void> = {
  start: () => void router.navigate({ to: "/" }),
  // The start screen holds the buttons that open the system's dialog.
  "open-files": () => void router.navigate({ to: "/" }),
  theme: () => themeChoice.set(theme.get() === "dark" ? "light" : "dark"),
};

export function followMenu(): () => void {
  return transport.onMenu?.((id) => ACTS[id]?.()) ?? (() => undefined);
}
