import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import { Button, Message, Panel } from "@/components";
import { keys, useAppInfo } from "@/features/clusters";
import { useStore } from "@/lib/store";
import { type ThemeChoice, themeChoice } from "@/lib/theme";

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

/** A damaged or newer database is moved aside only when the person says so. */
export function DatabaseProblem() {
  const queries = useQueryClient();
  const app = useAppInfo().data;
  const reset = useMutation({ mutationFn: api.databaseReset, onSuccess: (answer) => queries.setQueryData(keys.app, answer) });
  if (!app?.databaseProblem) return null;
  return (
    <Message
      tone="degraded"
      title="Nothing is remembered until this is settled"
      actions={
        <Button disabled={reset.isPending} onClick={() => reset.mutate()}>
          Move it aside and begin another
        </Button>
      }
    >
      {app.databaseProblem} {app.database ? `It lies at ${app.database}; moving it aside deletes nothing.` : ""}
      {reset.error ? ` ${reset.error.message}` : ""}
    </Message>
  );
}
