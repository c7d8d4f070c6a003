import { Link } from "@tanstack/react-router";

import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { Glyph, HealthMark } from "@/components";
import { useNow } from "@/lib/clock";

import { freshnessOf, objectCount, sourceText } from "./model";
import { useOpenClusters, useStatus } from "./queries";
import styles from "./StartScreen.module.css";

/** What is open already, files and dumps among it: they are in no kubeconfig, and would be found nowhere else. */
export function OpenNow() {
  const open = useOpenClusters().data ?? [];
  if (open.length === 0) return null;
  return (
    <section aria-labelledby="open-title" className={styles.section}>
      <div className={styles.head}>
        <h2 id="open-title">Open now</h2>
      </div>
      <ul className={styles.openNow}>
        {open.map((cluster) => (
          <OpenRow key={cluster.cluster} cluster={cluster} />
        ))}
      </ul>
    </section>
  );
}

function OpenRow({ cluster }: { cluster: ClusterSummary }) {
  const status = useStatus(cluster.cluster);
  const fresh = freshnessOf(status, true, useNow());
  return (
    <li className={styles.context} style={cluster.colour ? { borderLeftColor: cluster.colour } : undefined}>
      <div className={styles.line}>
        <Link to="/cluster/$cluster" params={{ cluster: cluster.cluster }} className={styles.open}>
          {cluster.source.from === "files" ? <Glyph name="file" size={14} /> : <HealthMark health={fresh.tone} />}
          <span className={styles.names}>
            <span className={styles.name}>
              {cluster.name}
              {cluster.tag ? <span className={styles.tag}>{cluster.tag}</span> : null}
            </span>
            <span className={styles.quiet}>{sourceText(cluster.source)}</span>
          </span>
          <span className={styles.health} data-tone={fresh.tone} title={fresh.long}>
            {fresh.text}
            <span className={styles.quiet}>{objectCount(status)}</span>
          </span>
        </Link>
      </div>
    </li>
  );
}
