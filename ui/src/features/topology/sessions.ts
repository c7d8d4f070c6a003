/** One session per open cluster, kept while the application runs, so that switching back finds everything as it was. */

import { useEffect, useMemo, useState } from "react";

import { api } from "@/api/client";
import { useStore } from "@/lib/store";

import { namespacesInOrder } from "./picture/order";
import { MapSession } from "./session";
import { aspectOf, recalledView } from "./view";

const sessions = new Map<string, MapSession>();

/** The session of a cluster, once its remembered view has been read. */
export function useMapSession(cluster: string, memory: string | null): MapSession | null {
  const [session, setSession] = useState<MapSession | null>(sessions.get(cluster) ?? null);
  useEffect(() => {
    let current = true;
    const begin = (made: MapSession) => {
      sessions.set(cluster, made);
      setSession(made);
    };
    const known = sessions.get(cluster);
    if (known) setSession(known);
    else if (memory !== null) {
      // Once for a session: a window that is resized must not move what the person has found.
      const start = (remembered: unknown) => {
        if (current) begin(new MapSession(cluster, memory, { ...recalledView(remembered), aspect: aspectOf(window.innerWidth, window.innerHeight) }));
      };
      api.preferenceGet(memory).then(start, () => start(null));
    }
    return () => {
      current = false;
    };
  }, [cluster, memory]);
  const mine = session?.cluster === cluster ? session : null;
  useEffect(() => {
    mine?.feed.restart();
    return () => mine?.feed.stop();
  }, [mine]);
  return mine;
}

/** All namespaces of the cluster that have been seen, whatever the filters show; those on the map first, in its order. */
export function useNamespaces(session: MapSession): readonly string[] {
  const names = useStore(session.namespaces);
  const { picture } = useStore(session.feed.state);
  return useMemo(() => namespacesInOrder(names, picture), [names, picture]);
}
