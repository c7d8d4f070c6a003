import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { Message } from "@/components";

import { NamespaceNames } from "./NamespaceNames";
import { coverageOf } from "./model";
import { useStatus } from "./queries";

/** Why the map is empty: nothing may be seen, or there is nothing. */
export function NothingSeen({ cluster }: { cluster: ClusterSummary }) {
  const status = useStatus(cluster.cluster);
  const { visible, partial, missing } = coverageOf(status);
  const hidden = missing.length + partial.length > 0;
  // Nothing has been heard of what there is: the banner says why.
  if (status === undefined || status.link === "lost") return null;
  if (missing.length === 0 || visible + partial.length > 0) return <Message title="Nothing to draw">This source holds no objects{hidden ? " that this account may see" : ""}.</Message>;
  return (
    <Message tone="unknown" title="This account may list nothing here" actions={<NamespaceNames cluster={cluster} />}>
      The server answers, and refuses every list across the cluster{cluster.identity ? ` to ${cluster.identity}` : ""}. Name the namespaces in which it has rights, or ask whoever runs the cluster for a
      role such as “view”.
    </Message>
  );
}
