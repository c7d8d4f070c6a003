import { useQuery } from "@tanstack/react-query";

import { api, asApiError } from "@/api/host";
import { Button, Glyph, HealthMark, Message } from "@/components";
import { useStore } from "@/lib/store";

import { kindOf } from "../keys";
import type { MapSession } from "../session";
import styles from "./Inspector.module.css";
import { foldName } from "./model";

const MOST_MEMBERS = 500;

/** A card that stands for many objects of a kind: which they are, and how to see them one by one. */
export function FoldInspector({ session, fold }: { session: MapSession; fold: string }) {
  const { picture } = useStore(session.feed.state);
  const view = useStore(session.view);
  const expanded = view.expanded.includes(fold);
  const namespace = fold.split("/")[2] ?? "";
  const members = useQuery({
    queryKey: ["fold", session.cluster, fold, picture?.id, picture?.revision],
    queryFn: async () => {
      const hits = await session.feed.ask((picture) => api.objectSearch({ cluster: session.cluster, picture, query: `${kindOf(fold)} ${namespace}`, limit: MOST_MEMBERS }));
      return hits.filter((hit) => hit.card === fold);
    },
    placeholderData: (previous) => previous,
    enabled: !expanded,
    gcTime: 30_000,
  });
  return (
    <>
      <div className={styles.head}>
        <p className={styles.kind}>
          {kindOf(fold)} · {namespace || "cluster-wide"}
        </p>
        <h2 className={styles.name}>{foldName(fold, picture)}</h2>
        <p className={styles.quiet}>{expanded ? "drawn one by one" : "folded into one card"}</p>
        <div className={styles.actions}>
          {expanded ? null : (
            <Button onClick={() => session.goal.set({ ids: [fold] })}>
              <Glyph name="map" size={14} /> Show
            </Button>
          )}
          <Button aria-pressed={expanded} title="Its objects as cards (Space)" onClick={() => session.toggleExpanded(fold)}>
            <Glyph name="unfold" size={14} /> {expanded ? "Fold" : "Expand"}
          </Button>
        </div>
      </div>
      <div className={styles.body}>
        {members.error ? <Message tone="failing" title={members.error.message} detail={asApiError(members.error).detail} /> : null}
        {members.isPending && !expanded ? <Message tone="pending" title="Looking them up" /> : null}
        {members.data?.length === 0 && !expanded ? <Message title="None any more">The cluster has changed since the map was drawn.</Message> : null}
        <ul>
          {expanded
            ? null
            : members.data?.map((hit) => (
                <li key={hit.key} className={styles.member}>
                  <button type="button" className={styles.go} onClick={() => session.select({ sort: "object", key: hit.key })}>
                    <HealthMark health={hit.health} />
                    <span className={styles.memberName}>{hit.name}</span>
                    <span className={styles.quiet}>{hit.kind}</span>
                  </button>
                </li>
              ))}
        </ul>
      </div>
    </>
  );
}
