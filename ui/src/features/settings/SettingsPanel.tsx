import { Panel } from "@/components";
import { useAppInfo } from "@/features/clusters";
import { useStore } from "@/lib/store";
import { type ThemeChoice, themeChoice } from "@/lib/theme";

import { DatabaseProblem } from "./DatabaseProblem";
import { memoryText } from "./model";
import styles from "./SettingsPanel.module.css";

const THEMES: ReadonlyArray<{ id: ThemeChoice; label: string }> = [
  { id: "system", label: "As the system" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" },
];

export function SettingsPanel({ close }: { close: () => void }) {
  const app = useAppInfo().data;
  const choice = useStore(themeChoice);
  return (
    <Panel title="Settings" closes="Close settings" close={close} place="left">
      <fieldset className={styles.themes}>
        <legend>Look</legend>
        {THEMES.map(({ id, label }) => (
          <label key={id}>
            <input type="radio" name="theme" checked={choice === id} onChange={() => themeChoice.set(id)} /> {label}
          </label>
        ))}
      </fieldset>
      <DatabaseProblem />
      <dl className={styles.about}>
        <dt>Version</dt>
        <dd>{app?.version ?? "…"}</dd>
        <dt>Remembers in</dt>
        <dd>{memoryText(app)}</dd>
      </dl>
    </Panel>
  );
}
