import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";

import type { ContextSummary } from "@/api/bindings/ContextSummary";
import { api } from "@/api/host";
import { Button, Message } from "@/components";
import { useLayer } from "@/lib/layers";

import { namesOf } from "./model";
import { keys } from "./queries";
import styles from "./StartScreen.module.css";

const COLOURS = ["#c4322b", "#b26a00", "#17875a", "#2b6cde", "#7a4fd0", "#5e6973"];

/** What this application calls a context; the kubeconfig itself is never written. */
export function ContextEditor({ context, done }: { context: ContextSummary; done: () => void }) {
  const queries = useQueryClient();
  const id = useId();
  const [alias, setAlias] = useState(context.alias ?? "");
  const [tag, setTag] = useState(context.tag ?? "");
  const [colour, setColour] = useState(context.colour);
  const [namespaces, setNamespaces] = useState(context.namespaces.join(", "));
  useLayer(true, done);
  const save = useMutation({
    mutationFn: () =>
      api.contextUpdate({
        id: context.id,
        alias: alias.trim() || null,
        tag: tag.trim() || null,
        colour,
        namespaces: namesOf(namespaces),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.contexts });
      done();
    },
  });
  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <label htmlFor={`${id}-alias`}>Alias</label>
      <input id={`${id}-alias`} value={alias} placeholder={context.name} onChange={(event) => setAlias(event.target.value)} />
      <label htmlFor={`${id}-tag`}>Tag</label>
      <input id={`${id}-tag`} value={tag} maxLength={12} placeholder="PROD" onChange={(event) => setTag(event.target.value)} />
      <span id={`${id}-colour`}>Colour</span>
      <div className={styles.colours} role="group" aria-labelledby={`${id}-colour`}>
        <button type="button" className={styles.swatch} aria-pressed={colour === null} aria-label="No colour" onClick={() => setColour(null)} />
        {COLOURS.map((each) => (
          <button key={each} type="button" className={styles.swatch} style={{ background: each }} aria-pressed={colour === each} aria-label={each} onClick={() => setColour(each)} />
        ))}
      </div>
      <label htmlFor={`${id}-namespaces`}>Namespaces</label>
      <input id={`${id}-namespaces`} value={namespaces} placeholder="for accounts that may not list them: shop, payments" onChange={(event) => setNamespaces(event.target.value)} />
      <div className={styles.buttons}>
        <Button type="submit" look="primary" disabled={save.isPending}>Save</Button>
        <Button onClick={done}>Cancel</Button>
      </div>
      {save.error ? <Message tone="failing" title={save.error.message} /> : null}
    </form>
  );
}
