/**
 * Keeps the address and the map of a cluster in step: what was selected and how the map was looked at can be gone back to,
 * reloaded and sent to somebody. What moves all the time, the eye, changes the entry of the history that is there.
 */

import { useEffect } from "react";

import { type MapSession, addressOf, placeOf } from "@/features/topology";

import { history } from "./history";

/** So long the eye must stand still before the address says where: browsers refuse more than a few writes a second. */
const STILL_MILLIS = 300;

/** The part of the address behind the question mark. */
export function addressNow(): string {
  return history.location.search.replace(/^\?/, "");
}

export function useAddress(session: MapSession) {
  useEffect(() => {
    let written = addressNow();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let standing = false;
    const write = (how: "push" | "replace") => {
      const next = addressOf(session.place);
      if (standing || next === written || !isHere(session.cluster)) return;
      written = next;
      history[how](`/cluster/${encodeURIComponent(session.cluster)}?${next}`);
    };
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(() => write("replace"), STILL_MILLIS);
    };
    const read = () => {
      const said = addressNow();
      if (said === written || !isHere(session.cluster)) return;
      const place = placeOf(said, session.view.get());
      clearTimeout(timer);
      written = said;
      // A link to the map that says nothing more: it stays as it is.
      if (place === null) return write("replace");
      standing = true;
      session.stand(place);
      standing = false;
    };
    const stops = [
      session.view.subscribe(() => write("push")),
      session.selection.subscribe(() => write("push")),
      session.tab.subscribe(() => write("replace")),
      session.camera.subscribe(later),
      history.subscribe(read),
    ];
    // The session that was left open is elsewhere than the link that leads back to it.
    const place = placeOf(written, session.view.get());
    if (place === null) write("replace");
    else if (addressOf(session.place) !== written) session.stand(place);
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [session]);
}

function isHere(cluster: string): boolean {
  return history.location.pathname === `/cluster/${encodeURIComponent(cluster)}`;
}
