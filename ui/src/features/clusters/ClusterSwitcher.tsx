import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Glyph, HealthMark } from "@/components";
import { useLayer } from "@/lib/layers";

import styles from "./ClusterSwitcher.module.css";
import { freshnessOf } from "./model";
import { useCluster, useDisconnect, useOpenClusters, useStatus } from "./queries";

/** Which cluster this is, always on screen; opens the list of those that are open. */
export function ClusterSwitcher({ cluster }: { cluster: string }) {
  const [open, setOpen] = useState(false);
  useLayer(open, () => setOpen(false));
  return (
    <div className={styles.switcher} onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setOpen(false)}>
      <button type="button" className={styles.current} aria-expanded={open} aria-haspopup="true" onClick={() => setOpen(!open)}>
        <ClusterName cluster={cluster} />
        <Glyph name="down" size={12} />
      </button>
      {open ? <OpenList current={cluster} done={() => setOpen(false)} /> : null}
    </div>
  );
}

function ClusterName({ cluster }: { cluster: string }) {
  const summary = useCluster(cluster);
  const status = useStatus(cluster);
  const { tone } = freshnessOf(status, true, status?.heard ?? 0);
  return (
    <>
      <HealthMark health={tone} size={10} quiet />
      <span className={styles.name}>{summary?.name ?? "…"}</span>
      {summary?.tag ? (
        <span className={styles.tag} style={summary.colour ? { borderColor: summary.colour } : undefined}>
          {summary.tag}
        </span>
      ) : null}
    </>
  );
}

function OpenList({ current, done }: { current: string; done: () => void }) {
  const navigate = useNavigate();
  const open = useOpenClusters().data ?? [];
  const disconnect = useDisconnect((closed) => {
    if (closed === current) void navigate({ to: "/" });
  });
  const go = (cluster: string) => {
    done();
    void navigate({ to: "/cluster/$cluster", params: { cluster } });
  };
  return (
    <div className={styles.menu}>
      <ul>
        {open.map(({ cluster, name }) => (
          <li key={cluster} className={styles.row}>
            <button type="button" className={styles.pick} aria-current={cluster === current} onClick={() => go(cluster)}>
              <ClusterName cluster={cluster} />
            </button>
            <button type="button" className={styles.close} aria-label={`Close ${name}`} title="Close this cluster" onClick={() => disconnect.mutate(cluster)}>
              <Glyph name="close" size={12} />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className={styles.more} onClick={() => void navigate({ to: "/" })}>
        <Glyph name="plus" size={12} /> Open another
      </button>
    </div>
  );
}
