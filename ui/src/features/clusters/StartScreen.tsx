import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { ApiError } from "@/api/bindings/ApiError";
import type { ClusterSource } from "@/api/bindings/ClusterSource";
import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { asApiError } from "@/api/host";
import { Message } from "@/components";
import { plural } from "@/lib/age";
import { useStore } from "@/lib/store";

import { ContextTable } from "./ContextTable";
import { contextRows } from "./model";
import { OpenFiles } from "./OpenFiles";
import { OpenNow } from "./OpenNow";
import { openSource, opening, pickAndOpen } from "./opening";
import { useAppInfo, useContexts } from "./queries";
import styles from "./StartScreen.module.css";

/** One context needs no search. */
const SEARCHABLE_FROM = 2;

/** Where one begins: known contexts, files, the demo. */
export function StartScreen() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  // A state and not a ref: the list below must hear when the element is there.
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [query, setQuery] = useState("");
  const contexts = useContexts();
  const notOpened = useAppInfo().data?.notOpened ?? null;
  const { source, failed } = useStore(opening);
  const show = async (opened: Promise<ClusterSummary | null>) => {
    const cluster = await opened;
    if (cluster) await navigate({ to: "/cluster/$cluster", params: { cluster: cluster.cluster } });
  };
  const open = (wanted: ClusterSource) => show(openSource(queries, wanted));
  const total = contexts.data?.contexts.length ?? 0;
  const rows = contexts.data ? contextRows(contexts.data, query) : [];
  const refusal = (from: ClusterSource["from"]) => (failed?.source.from === from ? <Refusal error={failed.error} /> : null);
  // Beside what was asked for, which may be far down a long list; here where it is in no list.
  const isListed = failed?.source.from !== "context" || (contexts.data?.contexts.some((each) => each.id === failedContext(failed.source)) ?? false);
  return (
    <main ref={setScroller} className={styles.start}>
      <div className={styles.column}>
        <h1 className={styles.title}>Open a cluster</h1>
        {failed === null && notOpened ? (
          <Message tone="failing" title={notOpened.message} detail={notOpened.detail}>
            It was asked for by starting the application.
          </Message>
        ) : null}
        {isListed ? null : refusal("context")}
        <div className={styles.others}>
          <OpenFiles busy={source?.from === "files"} pick={(folders) => void show(pickAndOpen(queries, folders))} open={(paths) => void open({ from: "files", paths })}>
            {refusal("files")}
          </OpenFiles>
          <section aria-labelledby="demo-title" className={styles.box}>
            <h2 id="demo-title">Try the demo</h2>
            <p className={styles.quiet}>A small shop on five nodes, with a dozen things going wrong. It lives in this application; nothing leaves it.</p>
            <button type="button" className={styles.act} disabled={source?.from === "demo"} onClick={() => void open({ from: "demo", objects: null })}>
              {source?.from === "demo" ? "Opening…" : "Open the demo"}
            </button>
            {refusal("demo")}
          </section>
        </div>
        <div className={styles.lists}>
          <OpenNow />
          <section aria-labelledby="contexts-title" className={styles.section}>
            <div className={styles.head}>
              <h2 id="contexts-title">From your kubeconfig</h2>
              {total >= SEARCHABLE_FROM ? (
                <input className={styles.search} type="search" placeholder="Filter contexts" aria-label="Filter contexts" value={query} onChange={(event) => setQuery(event.target.value)} />
              ) : null}
              <span className={styles.quiet}>{total > 0 ? plural(total, "context") : ""}</span>
            </div>
            {contexts.isPending ? <Message tone="pending" title="Reading the kubeconfig files" /> : null}
            {contexts.error ? <Message tone="failing" title={contexts.error.message} detail={asApiError(contexts.error).detail} /> : null}
            {contexts.data && total === 0 ? (
              <Message title="No context found">
                Looked at {contexts.data.files.map((file) => file.path).join(", ") || "~/.kube/config"}. What is put there appears at once; another place is given by KUBECONFIG before the start. The
                demo and files need none.
              </Message>
            ) : null}
            {total > 0 && !rows.some((row) => row.sort === "context") ? <Message title="No context matches">Nothing among {plural(total, "context")} contains “{query}”.</Message> : null}
            <ContextTable rows={rows} scroller={scroller} opening={source?.from === "context" ? source.id : null} failed={failed === null ? null : failedContext(failed.source)} refusal={refusal("context")} open={(id) => void open({ from: "context", id })} />
          </section>
        </div>
      </div>
    </main>
  );
}

/** The id of the context that could not be opened; none for another source. */
function failedContext(source: ClusterSource): string | null {
  return source.from === "context" ? source.id : null;
}

function Refusal({ error }: { error: ApiError }) {
  return (
    <Message tone="failing" title={error.message} detail={error.detail}>
      Nothing was opened.
    </Message>
  );
}
