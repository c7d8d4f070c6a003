import { useState } from "react";

import { Message } from "@/components";
import { ClusterSwitcher, Freshness, memoryOf, useCluster, useOpenClusters } from "@/features/clusters";
import { useMapSession } from "@/features/topology";
import { Link } from "@tanstack/react-router";

import { addressNow } from "./address";
import { Frame } from "./Frame";
import { MapWorkspace } from "./MapWorkspace";
import styles from "./Screens.module.css";

/** The map of one cluster, or why there is none. */
export function MapScreen({ cluster }: { cluster: string }) {
  const open = useOpenClusters();
  const summary = useCluster(cluster);
  const session = useMapSession(cluster, summary ? memoryOf(summary.source) : null, addressNow());
  const [top] = useState(() => <Identity cluster={cluster} />);
  if (summary && session) return <MapWorkspace cluster={summary} session={session} identity={top} />;
  return (
    <Frame top={top}>
      <div className={styles.centre}>
        {open.error ? <Message tone="failing" title={open.error.message} /> : null}
        {open.data && !summary ? (
          <Message title="This cluster is not open any more">
            <Link to="/">Open one from the start screen.</Link>
          </Message>
        ) : null}
        {open.isPending ? <Message tone="pending" title="Looking for the cluster" /> : null}
      </div>
    </Frame>
  );
}

function Identity({ cluster }: { cluster: string }) {
  return (
    <>
      <ClusterSwitcher cluster={cluster} />
      <Freshness cluster={cluster} />
    </>
  );
}
