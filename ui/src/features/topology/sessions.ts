/** One session per open cluster, kept until the cluster is closed, so that switching back finds everything as it was. */

import { useEffect, useMemo, useRef, useState } from "react";

import { api } from "@/api/host";
import { useStore } from "@/lib/store";

import { namespacesInOrder } from "./picture/order";
import { placeOf } from "./address";
import { MapSession } from "./session";
import { aspectOf, recalledView } from "./view";

const sessions = new Map<string, MapSession>();

/** Lets go of the sessions of all clusters but these: a picture takes tens of megabytes. */
export function keepSessionsOf(open: readonly string[]) {
  for (const cluster of [...sessions.keys()]) if (!open.includes(cluster)) sessions.delete(cluster);
}

/** The session of a cluster, once its remembered view has been read. It begins where the address says, if that says anything. */
export function useMapSession(cluster: string, memory: string | null, address: string): MapSession | null {
  const [session, setSession] = useState<MapSession | null>(sessions.get(cluster) ?? null);
  // Only where one comes from: afterwards the address follows the session.
  const beginning = useRef(address);
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
        if (!current) return;
        const view = { ...recalledView(remembered), aspect: aspectOf(window.innerWidth, window.innerHeight) };
        const place = placeOf(beginning.current, view);
        const made = new MapSession(cluster, memory, place?.view ?? view);
        if (place) made.stand(place);
        begin(made);
      };
      api.preferenceGet({ name: memory }).then(({ value }) => start(value), () => start(null));
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
