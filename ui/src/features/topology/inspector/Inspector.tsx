import { useEffect, useRef, useState } from "react";

import { CloseButton, Side } from "@/components";
import { goHomeIfLost, moveInto, useLayer } from "@/lib/layers";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { FoldInspector } from "./FoldInspector";
import { GroupInspector } from "./GroupInspector";
import styles from "./Inspector.module.css";
import { LinkInspector } from "./LinkInspector";
import { ObjectInspector } from "./ObjectInspector";
import { PathInspector } from "./PathInspector";
import { ReasonsPanel } from "./ReasonsPanel";
import { isFold } from "./model";

/** What is selected: an object, a relation, an application or a namespace; of a map of problems, why they are there. */
export function Inspector({ session }: { session: MapSession }) {
  const selection = useStore(session.selection);
  const entered = useStore(session.entered);
  const { problemsOnly } = useStore(session.view);
  const panel = useRef<HTMLElement>(null);
  const byKeys = useRef(false);
  const [closed, setClosed] = useState(false);
  const tellsReasons = problemsOnly && !closed;
  // Closed, it stays away until problems are asked for anew.
  useEffect(() => setClosed(false), [problemsOnly]);
  useLayer(selection === null && tellsReasons, () => setClosed(true));
  useLayer(selection !== null, () => session.select(null));
  // What led to the next object stood in what told of the one before: whoever walks by keys goes on in here.
  useEffect(() => {
    if (byKeys.current && (document.activeElement === null || document.activeElement === document.body)) panel.current?.focus({ preventScroll: true });
    goHomeIfLost();
  }, [selection]);
  useEffect(() => {
    if (entered !== null) moveInto(panel.current);
    session.entered.set(null);
  }, [session, entered]);
  if (selection === null) return tellsReasons ? <ReasonsPanel session={session} close={() => setClosed(true)} /> : null;
  return (
    <Side
      name="Inspector"
      edge="right"
      memory="panels.right"
      className={styles.inspector}
      testId="inspector"
      panel={panel}
      onFocus={(target) => {
        byKeys.current = target.matches(":focus-visible");
      }}
    >
      <div className={styles.corner}>
        <CloseButton label="Close the inspector" close={() => session.select(null)} />
      </div>
      {selection.sort === "object" && isFold(selection.key) ? <FoldInspector key={selection.key} session={session} fold={selection.key} /> : null}
      {selection.sort === "object" && !isFold(selection.key) ? <ObjectInspector key={selection.key} session={session} objectKey={selection.key} /> : null}
      {selection.sort === "link" ? <LinkInspector session={session} from={selection.from} to={selection.to} /> : null}
      {selection.sort === "path" ? <PathInspector key={`${selection.from} ${selection.to}`} session={session} path={selection} /> : null}
      {selection.sort === "block" || selection.sort === "frame" ? <GroupInspector session={session} id={selection.id} /> : null}
    </Side>
  );
}
