import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import type { ObjectPath } from "@/api/bindings/ObjectPath";
import { api, asApiError } from "@/api/host";
import { Button, Glyph, HealthMark, Message } from "@/components";
import { plural } from "@/lib/age";
import { useStore } from "@/lib/store";

import { kindOf, nameOf } from "../keys";
import type { MapSession, Selection } from "../session";
import styles from "./Inspector.module.css";
import { cardsOf, hopText, noWayText, noWayTitle } from "./model";

/** How two objects hang together: hop by hop, each with its relation; the map shows the same. */
export function PathInspector({ session, path }: { session: MapSession; path: Selection & { sort: "path" } }) {
  const { from, to, way } = path;
  const { picture } = useStore(session.feed.state);
  const query = useQuery({
    queryKey: ["paths", session.cluster, from, to, picture?.id, picture?.revision],
    queryFn: () => session.feed.ask((picture) => api.objectPaths({ cluster: session.cluster, picture, from, to })),
    placeholderData: (previous) => previous,
    gcTime: 30_000,
  });
  const paths = query.data?.ways ?? [];
  const shown = paths[Math.min(way, paths.length - 1)];
  useTraced(session, shown);
  return (
    <>
      <div className={styles.head}>
        <p className={styles.kind}>{shown ? `Path · ${plural(shown.hops.length, "relation")}` : "Path"}</p>
        <h2 className={styles.name}>
          {nameOf(from)} to {nameOf(to)}
        </h2>
        <div className={styles.actions}>
          <Button disabled={!shown} onClick={() => shown && session.goal.set({ ids: cardsOf(shown) })}>
            <Glyph name="map" size={14} /> Show
          </Button>
          {paths.length > 1 ? (
            <Button onClick={() => session.select({ ...path, way: (way + 1) % paths.length })}>
              Way {way + 1} of {paths.length}{query.data?.more ? "+" : ""}: next
            </Button>
          ) : null}
        </div>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it */}
      <div className={styles.body} tabIndex={0} role="group" aria-label="Path">
        {query.isPending ? <Message tone="pending" title="Looking for a way" /> : null}
        {query.error ? <Message tone="failing" title={query.error.message} detail={asApiError(query.error).detail} /> : null}
        {query.data && paths.length === 0 ? (
          <Message title={from === to ? "It is the same object" : noWayTitle(query.data.stopped)}>
            {from === to ? "Choose another one to see how they hang together." : noWayText(query.data.stopped)}
          </Message>
        ) : null}
        {shown ? <Hops session={session} path={shown} /> : null}
      </div>
    </>
  );
}

/** The map highlights the path for as long as it is shown, and brings it into view once. */
function useTraced(session: MapSession, path: ObjectPath | undefined) {
  const cards = path ? cardsOf(path).join("\n") : "";
  useEffect(() => {
    if (cards === "") return;
    const ids = cards.split("\n");
    session.traced.set(ids);
    session.goal.set({ ids });
    return () => session.traced.set([]);
  }, [session, cards]);
}

function Hops({ session, path }: { session: MapSession; path: ObjectPath }) {
  return (
    <ol className={styles.hops}>
      {path.objects.map((object, at) => {
        const hop = path.hops[at];
        const next = path.objects[at + 1];
        const ends = hop && next ? (hop.forward ? { from: object.key, to: next.key } : { from: next.key, to: object.key }) : null;
        return (
          <li key={object.key}>
            <button type="button" className={styles.go} onClick={() => session.select({ sort: "object", key: object.key }, { go: true })}>
              <HealthMark health={object.health} />
              <span className={styles.memberName}>{object.name}</span>
              <span className={styles.quiet}>{[kindOf(object.key), object.namespace].filter(Boolean).join(" · ")}</span>
            </button>
            {hop && ends ? (
              <button type="button" className={styles.hop} data-state={hop.state} title={`${hop.explanation} (${hop.relation})`} onClick={() => session.select({ sort: "link", ...ends })}>
                {hopText(hop)}
              </button>
            ) : null}
          </li>
        );
      })}
    </ol>
  );
}
