import type { RefObject } from "react";

import type { MapSession } from "../session";
import { ObjectSearch } from "./ObjectSearch";
import styles from "./Search.module.css";

/** Finds any object and goes to the card that shows it. */
export function Search({ session, field }: { session: MapSession; field: RefObject<HTMLInputElement | null> }) {
  return (
    <div className={styles.place}>
      <ObjectSearch
        session={session}
        field={field}
        label="Find anything"
        hint={<kbd className={styles.key}>{/Mac/.test(navigator.userAgent) ? "⌘K" : "Ctrl K"}</kbd>}
        choose={(hit) => {
          // An object that the view leaves out has no card: it can be inspected all the same.
          session.select({ sort: "object", key: hit.key });
          // A pill is a place of its own: all of the frame that it is on would show it too small to be read.
          const isPill = session.feed.state.get().picture?.frames.some((frame) => frame.badges.some((badge) => badge.key === hit.key));
          session.goal.set({ ids: [isPill ? hit.key : (hit.card ?? hit.key)] });
        }}
      />
    </div>
  );
}
