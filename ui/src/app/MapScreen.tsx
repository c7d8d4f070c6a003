import { ClusterSwitcher, Freshness, memoryOf, objectCount, useCluster, useStatus } from "@/features/clusters";
import { MapPane, useMapSession } from "@/features/topology";

import { Frame } from "./Frame";

export function MapScreen({ cluster }: { cluster: string }) {
  const summary = useCluster(cluster);
  const status = useStatus(cluster);
  const session = useMapSession(cluster, summary ? memoryOf(summary.source) : null);
  return (
    <Frame
      cluster={cluster}
      top={
        <>
          <ClusterSwitcher cluster={cluster} />
          <Freshness cluster={cluster} />
        </>
      }
      status={<span>{objectCount(status)}</span>}
    >
      {session ? <MapPane session={session} /> : null}
    </Frame>
  );
}
