import { useMutation } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";

import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import type { KindStatus } from "@/api/bindings/KindStatus";
import { api } from "@/api/host";
import { Button, HealthMark, Message, Panel } from "@/components";
import { count, humanDuration, plural } from "@/lib/age";
import { useNow } from "@/lib/clock";

import styles from "./CoveragePanel.module.css";
import { NamespaceNames } from "./NamespaceNames";
import { coverageOf, kindStateHealth, kindStateText, kindsInOrder, refusedNames, wantsNames, whyText, withheldOf } from "./model";
import { useContextOf, useStatus } from "./queries";

/** What the picture holds and what it lacks, kind by kind. */
export function CoveragePanel({ cluster, close }: { cluster: ClusterSummary; close: () => void }) {
  const status = useStatus(cluster.cluster);
  const kinds = kindsInOrder(status?.kinds ?? []);
  const { missing, partial } = coverageOf(status);
  const refused = refusedNames(status, useContextOf(cluster)?.namespaces ?? []);
  return (
    <Panel title="What is in the picture" closes="Close" close={close} place="left">
      {missing.length > 0 ? (
        <Message tone="unknown" title={`This account may not list ${plural(missing.length, "kind")}`}>
          What they hold is not drawn, and references to them say “cannot be seen”, not “missing”.
        </Message>
      ) : null}
      {partial.length > 0 ? (
        <Message title={status?.namespaces.length ? `Only what is in ${status.namespaces.join(", ")}` : "Only what is in some namespaces"}>
          This account may not list {plural(partial.length, "kind")} across namespaces. There may be more.
        </Message>
      ) : null}
      {refused.length > 0 ? (
        <Message tone="unknown" title={`This account may list nothing in ${refused.join(", ")}`}>The server does not tell whether there is such a namespace.</Message>
      ) : null}
      <WithheldObjects cluster={cluster.cluster} />
      {wantsNames(status) ? <NamespaceNames cluster={cluster} /> : null}
      {status && status.problems.length + status.notes.length > 0 ? (
        <div className={styles.said} tabIndex={0} role="group" aria-label="What was not read">
          {status.problems.map((problem) => <Message key={problem} tone="degraded" title={problem} />)}
          {status.notes.map((note) => <Message key={note} title={note} />)}
        </div>
      ) : null}
      {status === undefined ? <Message tone="pending" title="Waiting for the first answer" /> : <KindList kinds={kinds} />}
    </Panel>
  );
}

/** What may not be listed any more stays on the map, marked, until somebody wants it gone. */
function WithheldObjects({ cluster }: { cluster: string }) {
  const withheld = withheldOf(useStatus(cluster));
  const now = useNow();
  const remove = useMutation({ mutationFn: () => api.clusterForget({ cluster }) });
  if (withheld === null) return null;
  const since = humanDuration(now - withheld.since);
  return (
    <Message
      tone="unknown"
      title={`${plural(withheld.objects, "object")} of ${plural(withheld.kinds.length, "kind")} may not be listed any more`}
      detail={remove.error?.message}
      actions={
        <Button disabled={remove.isPending} onClick={() => remove.mutate()}>
          Remove from the map
        </Button>
      }
    >
      The account lost the right {since} ago. They are marked on the map as they were then, and left out of health and counts.
    </Message>
  );
}

function KindList({ kinds }: { kinds: KindStatus[] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: kinds.length, getScrollElement: () => scroller.current, estimateSize: () => 32, overscan: 8 });
  return (
    <div ref={scroller} className={styles.scroller} tabIndex={0} role="group" aria-label="Kinds with their state">
      <ul style={{ height: rows.getTotalSize(), position: "relative" }}>
        {rows.getVirtualItems().map((row) => {
          const kind = kinds[row.index];
          return kind ? (
            <li key={row.key} ref={rows.measureElement} data-index={row.index} className={styles.row} style={{ transform: `translateY(${row.start}px)` }}>
              <HealthMark health={kindStateHealth(kind)} quiet />
              <span className={styles.kind}>
                {kind.kind}
                {kind.group ? <span className={styles.quiet}> {kind.group}</span> : null}
              </span>
              <span className={styles.quiet}>{kindStateText(kind)}</span>
              <span className={styles.count}>{kind.state === "forbidden" || kind.state === "failed" || kind.state === "absent" ? "–" : count(kind.count)}</span>
              {kind.why ? <span className={styles.why} title={kind.why}>{whyText(kind.why)}</span> : null}
            </li>
          ) : null;
        })}
      </ul>
    </div>
  );
}
