import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { ClusterSource } from "@/api/bindings/ClusterSource";
import { asApiError } from "@/api/client";
import { Message } from "@/components";
import { plural } from "@/lib/age";

import { ContextRow } from "./ContextRow";
import { matches, sharedNames } from "./model";
import { OpenFiles } from "./OpenFiles";
import { useConnect, useContexts } from "./queries";
import styles from "./StartScreen.module.css";

const SEARCHABLE_FROM = 8;

/** Where one begins: known contexts, files, the demo. */
export function StartScreen() {
  const navigate = useNavigate();
  const contexts = useContexts();
  const [query, setQuery] = useState("");
  const connect = useConnect(({ cluster }) => void navigate({ to: "/cluster/$cluster", params: { cluster } }));
  const open = (source: ClusterSource) => connect.mutate(source);
  const all = contexts.data?.contexts ?? [];
  const shown = all.filter((context) => matches(context, query));
  const shared = sharedNames(all);
  const opening = connect.isPending ? connect.variables : null;
  return (
    <main className={styles.start}>
      <div className={styles.column}>
        <h1 className={styles.title}>Open a cluster</h1>
        {connect.error ? (
          <Message tone="failing" title={connect.error.message} detail={asApiError(connect.error).detail}>
            Nothing was opened. The other contexts are not touched by this.
          </Message>
        ) : null}
        <section aria-labelledby="contexts-title" className={styles.section}>
          <div className={styles.head}>
            <h2 id="contexts-title">From your kubeconfig</h2>
            {all.length >= SEARCHABLE_FROM ? (
              <input className={styles.search} type="search" placeholder="Filter contexts" aria-label="Filter contexts" value={query} onChange={(event) => setQuery(event.target.value)} />
            ) : null}
            <span className={styles.quiet}>{all.length > 0 ? plural(all.length, "context") : ""}</span>
          </div>
          {contexts.isPending ? <Message tone="pending" title="Reading the kubeconfig files" /> : null}
          {contexts.error ? <Message tone="failing" title={contexts.error.message} detail={asApiError(contexts.error).detail} /> : null}
          {contexts.data?.files.filter((file) => file.problem !== null).map((file) => (
            <Message key={file.path} tone="degraded" title={file.path}>{file.problem}</Message>
          ))}
          {contexts.data && all.length === 0 ? (
            <Message title="No context found">
              Looked at {contexts.data.files.map((file) => file.path).join(", ") || "~/.kube/config"}. Set KUBECONFIG, or start with the demo or with files below.
            </Message>
          ) : null}
          {all.length > 0 && shown.length === 0 ? <Message title="No context matches">Nothing among {plural(all.length, "context")} contains “{query}”.</Message> : null}
          <ul className={styles.list}>
            {shown.map((context) => (
              <ContextRow
                key={context.id}
                context={context}
                ambiguous={shared.has(context.name)}
                opening={opening?.from === "context" && opening.id === context.id}
                open={() => open({ from: "context", id: context.id })}
              />
            ))}
          </ul>
        </section>
        <div className={styles.others}>
          <OpenFiles busy={opening?.from === "files"} open={(paths) => open({ from: "files", paths })} />
          <section aria-labelledby="demo-title" className={styles.box}>
            <h2 id="demo-title">Try the demo</h2>
            <p className={styles.quiet}>A small shop on five nodes, with a dozen things going wrong. It lives in this application; nothing leaves it.</p>
            <button type="button" className={styles.act} disabled={opening?.from === "demo"} onClick={() => open({ from: "demo", objects: null })}>
              {opening?.from === "demo" ? "Opening…" : "Open the demo"}
            </button>
          </section>
        </div>
      </div>
    </main>
  );
}
