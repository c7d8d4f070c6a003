import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState } from "react";

import type { Direction } from "@/api/bindings/Direction";
import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import type { Reach } from "@/api/bindings/Reach";
import { api, asApiError } from "@/api/host";
import { Button, HealthMark, Message } from "@/components";
import { count } from "@/lib/age";

import { ObjectSearch } from "../controls/ObjectSearch";
import type { MapSession } from "../session";
import styles from "./Inspector.module.css";
import { reachRows, stoppedText } from "./model";

const ROW_HEIGHT = 28;

/** How far an object reaches: what it needs, what needs it, and the way from it to any other. */
export function ReachView({ session, detail }: { session: MapSession; detail: ObjectDetail }) {
  const [direction, setDirection] = useState<Direction>(detail.dependencies === 0 && detail.dependants > 0 ? "dependants" : "dependencies");
  const field = useRef<HTMLInputElement>(null);
  const reach = useQuery({
    queryKey: ["reach", session.cluster, detail.key, direction, detail.revision],
    queryFn: () => session.feed.ask((picture) => api.objectReach({ cluster: session.cluster, picture, key: detail.key, direction })),
    placeholderData: (previous, query) => (query?.queryKey[3] === direction ? previous : undefined),
    gcTime: 30_000,
  });
  const ways = [
    { id: "dependencies" as const, label: "Depends on", total: detail.dependencies },
    { id: "dependants" as const, label: "Needed by", total: detail.dependants },
  ];
  return (
    <>
      <div className={styles.reachHead}>
        <ObjectSearch
          session={session}
          field={field}
          label="Path to…"
          narrow
          choose={(hit) => session.select({ sort: "path", from: detail.key, to: hit.key, way: 0 })}
        />
        <div className={styles.ways} role="group" aria-label="Which way">
          {ways.map(({ id, label, total }) => (
            <Button key={id} aria-pressed={direction === id} onClick={() => setDirection(id)}>
              {label} <span className={styles.quiet}>{count(total)}</span>
            </Button>
          ))}
        </div>
      </div>
      {reach.error ? <div className={styles.aside}><Message tone="failing" title={reach.error.message} detail={asApiError(reach.error).detail} /></div> : null}
      {reach.isPending ? <div className={styles.aside}><Message tone="pending" title="Following the relations" /></div> : null}
      {reach.data && reach.data.total === 0 ? (
        <div className={styles.aside}>
          <Message title={direction === "dependencies" ? "It needs nothing" : "Nothing needs it"}>
            {direction === "dependencies" ? "No relation leads from it to another object." : "No relation that is known of leads to it."}
          </Message>
        </div>
      ) : null}
      {reach.data && reach.data.total > 0 ? <ReachList session={session} reach={reach.data} /> : null}
      {reach.data?.stopped ? <div className={styles.aside}><Message title="There may be more">{stoppedText(reach.data.stopped)}</Message></div> : null}
    </>
  );
}

function ReachList({ session, reach }: { session: MapSession; reach: Reach }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => reachRows(reach), [reach]);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it
    <div ref={scroller} className={styles.reachList} tabIndex={0} role="group" aria-label="Objects by distance">
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li key={item.key} className={styles.reachRow} style={{ transform: `translateY(${item.start}px)` }}>
              {row.sort === "heading" ? (
                <h3>{row.text}</h3>
              ) : (
                <button type="button" className={styles.go} title={[row.hit.kind, row.hit.namespace, row.hit.name].filter(Boolean).join(" · ")} onClick={() => session.select({ sort: "object", key: row.hit.key }, { go: true })}>
                  <HealthMark health={row.hit.health} />
                  <span className={styles.memberName}>{row.hit.name}</span>
                  <span className={styles.quiet}>{[row.hit.kind, row.hit.namespace].filter(Boolean).join(" · ")}</span>
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
