import { useMutation, useQueryClient } from "@tanstack/react-query";

import { type ThemeChoice, themeChoice } from "@/app/theme";
import { api } from "@/api/client";
import { Button, Glyph, Message } from "@/components";
import { keys, useAppInfo } from "@/features/clusters";
import { useLayer } from "@/lib/layers";
import { useStore } from "@/lib/store";

import styles from "./SettingsPanel.module.css";

const THEMES: ReadonlyArray<{ id: ThemeChoice; label: string }> = [
  { id: "system", label: "As the system" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" },
];

export function SettingsPanel({ close }: { close: () => void }) {
  useLayer(true, close);
  const app = useAppInfo().data;
  const choice = useStore(themeChoice);
  return (
    <section className={styles.panel} aria-label="Settings">
      <header className={styles.head}>
        <h2>Settings</h2>
        <button type="button" className={styles.close} aria-label="Close settings" onClick={close}>
          <Glyph name="close" />
        </button>
      </header>
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
        <dd>{app?.database ?? "nothing: no database is open"}</dd>
      </dl>
    </section>
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
