/** The chosen look, read from the database at the start and written back when it changes. */

import { api } from "@/api/host";
import { type ThemeChoice, themeChoice } from "@/lib/theme";

const MEMORY = "settings.theme";
const CHOICES: readonly ThemeChoice[] = ["system", "light", "dark"];

export function recallSettings(): () => void {
  api.preferenceGet({ name: MEMORY }).then(
    ({ value }) => {
      const known = CHOICES.find((choice) => choice === value);
      if (known) themeChoice.set(known);
    },
    () => undefined,
  );
  return themeChoice.subscribe(() => {
    api.preferenceSet({ name: MEMORY, value: themeChoice.get() }).catch(() => undefined);
  });
}
