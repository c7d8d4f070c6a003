import { useEffect } from "react";

import { CloseButton } from "@/components";
import { goHomeIfLost, useLayer } from "@/lib/layers";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { FoldInspector } from "./FoldInspector";
import { GroupInspector } from "./GroupInspector";
import styles from "./Inspector.module.css";
import { LinkInspector } from "./LinkInspector";
import { ObjectInspector } from "./ObjectInspector";
import { PathInspector } from "./PathInspector";
import { isFold } from "./model";

/** What is selected: an object, a relation, an application or a namespace. */
export function Inspector({ session }: { session: MapSession }) {
  const selection = useStore(session.selection);
  useLayer(selection !== null, () => session.select(null));
  // What led to the next object stood in what told of the one before.
  useEffect(goHomeIfLost, [selection]);
  if (selection === null) return null;
  return (
    <aside className={styles.inspector} aria-label="Inspector" data-testid="inspector">
      <div className={styles.corner}>
        <CloseButton label="Close the inspector" close={() => session.select(null)} />
      </div>
      {selection.sort === "object" && isFold(selection.key) ? <FoldInspector key={selection.key} session={session} fold={selection.key} /> : null}
      {selection.sort === "object" && !isFold(selection.key) ? <ObjectInspector key={selection.key} session={session} objectKey={selection.key} /> : null}
      {selection.sort === "link" ? <LinkInspector session={session} from={selection.from} to={selection.to} /> : null}
      {selection.sort === "path" ? <PathInspector key={`${selection.from} ${selection.to}`} session={session} path={selection} /> : null}
      {selection.sort === "block" || selection.sort === "frame" ? <GroupInspector session={session} id={selection.id} /> : null}
    </aside>
  );
}
