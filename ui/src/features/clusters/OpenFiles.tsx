import { useId, useState } from "react";

import { transport } from "@/api/client";
import { Button } from "@/components";

import { splitPaths } from "./model";
import styles from "./StartScreen.module.css";

/** Dumps and manifests: through the system's dialog in the window, by path in a browser. */
export function OpenFiles({ busy, open }: { busy: boolean; open: (paths: string[]) => void }) {
  const { pickFiles } = transport;
  const [text, setText] = useState("");
  const field = useId();
  const pick = async (folders: boolean) => {
    const paths = (await pickFiles?.(folders)) ?? [];
    if (paths.length > 0) open(paths);
  };
  return (
    <section aria-labelledby={`${field}-title`} className={styles.box}>
      <h2 id={`${field}-title`}>Open a dump or manifests</h2>
      <p className={styles.quiet}>YAML or JSON, folders of them, Lists, a cluster-info dump, also as tar.gz. No cluster is needed.</p>
      {pickFiles ? (
        <div className={styles.actions}>
          <Button disabled={busy} onClick={() => void pick(false)}>{busy ? "Opening…" : "Files…"}</Button>
          <Button disabled={busy} onClick={() => void pick(true)}>Folder…</Button>
        </div>
      ) : (
        <form
          className={styles.paths}
          onSubmit={(event) => {
            event.preventDefault();
            const paths = splitPaths(text);
            if (paths.length > 0) open(paths);
          }}
        >
          <label htmlFor={field} className="visually-hidden">Paths on the machine that serves this page, one a line</label>
          <textarea id={field} rows={2} spellCheck={false} placeholder="/path/on/the/serving/machine, one a line" value={text} onChange={(event) => setText(event.target.value)} />
          <Button type="submit" disabled={busy || splitPaths(text).length === 0}>{busy ? "Opening…" : "Open"}</Button>
        </form>
      )}
    </section>
  );
}
