/** The chosen look, read from the database at the start and written back when it changes. */

import { api } from "@/api/client";
import { type ThemeChoice, themeChoice } from "@/lib/theme";

const MEMORY = "settings.theme";
const CHOICES: readonly ThemeChoice[] = ["system", "light", "dark"];

export function recallSettings(): () => void {
  api.preferenceGet(MEMORY).then(
    (value) => {
      const known = CHOICES.find((choice) => choice === value);
      if (known) themeChoice.set(known);
    },
    () => undefined,
  );
  return themeChoice.subscribe(() => {
    api.preferenceSet(MEMORY, themeChoice.get()).catch(() => undefined);
  });
}
