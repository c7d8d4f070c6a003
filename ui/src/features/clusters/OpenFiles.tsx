import { type ReactNode, useId, useState } from "react";

import { Button } from "@/components";

import { splitPaths } from "./model";
import { useAppInfo } from "./queries";
import styles from "./StartScreen.module.css";

interface OpenFilesProps {
  busy: boolean;
  /** Lets the person choose files, or a folder. */
  pick: (folders: boolean) => void;
  /** Opens paths of the machine that serves this page. */
  open: (paths: string[]) => void;
  /** Why the last ones are not open. */
  children: ReactNode;
}

/** Dumps and manifests: by dialog; in a browser also by path, below the folders that the host was started with. */
export function OpenFiles({ busy, pick, open, children }: OpenFilesProps) {
  const [text, setText] = useState("");
  const field = useId();
  const folders = useAppInfo().data?.folders ?? [];
  return (
    <section aria-labelledby={`${field}-title`} className={styles.box}>
      <h2 id={`${field}-title`}>Open a dump or manifests</h2>
      <p className={styles.quiet}>YAML or JSON, folders of them, Lists, a cluster-info dump, also as tar.gz. No cluster is needed.</p>
      <div className={styles.actions}>
        <Button disabled={busy} onClick={() => pick(false)}>{busy ? "Opening…" : "Files…"}</Button>
        <Button disabled={busy} onClick={() => pick(true)}>Folder…</Button>
      </div>
      {folders.length > 0 ? (
        <form
          className={styles.paths}
          onSubmit={(event) => {
            event.preventDefault();
            const paths = splitPaths(text);
            if (paths.length > 0) open(paths);
          }}
        >
          <label htmlFor={field} className={styles.quiet}>Or by path on the machine that serves this page, below {folders.join(", ")}</label>
          <textarea id={field} rows={2} spellCheck={false} placeholder={`${folders[0]}/…, one a line`} value={text} onChange={(event) => setText(event.target.value)} />
          <Button type="submit" disabled={busy || splitPaths(text).length === 0}>Open</Button>
        </form>
      ) : null}
      {children}
    </section>
  );
}
