import { useEffect, useRef } from "react";

import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import { Button, HealthMark, Message } from "@/components";
import { useStore } from "@/lib/store";
import { sentence } from "@/lib/text";

import type { InspectorTab, MapSession } from "../session";
import styles from "./Inspector.module.css";
import { ObjectActions } from "./ObjectActions";
import { Overview } from "./Overview";
import { ReachView } from "./ReachView";
import { Relations } from "./Relations";
import { YamlView } from "./YamlView";
import { governedBy, headline, joinedWith, relationCount } from "./model";
import { useObject } from "./useObject";
import { kindOf, nameOf } from "../keys";

const TABS: ReadonlyArray<{ id: InspectorTab; label: string }> = [
  { id: "overview", label: "Overview" },
  { id: "relations", label: "Relations" },
  { id: "reach", label: "Reach" },
  { id: "yaml", label: "YAML" },
];

export function ObjectInspector({ session, objectKey }: { session: MapSession; objectKey: string }) {
  const tab = useStore(session.tab);
  const { detail, error, again } = useObject(session.cluster, objectKey);
  useEffect(() => {
    session.joined.set(detail && { key: detail.key, others: joinedWith(detail) });
    return () => session.joined.set(null);
  }, [session, detail]);
  useGoverned(session, detail);
  const ownScroll = tab === "yaml" || tab === "reach";
  if (!detail) {
    return (
      <div className={styles.body}>
        <p className={styles.kind}>{kindOf(objectKey)}</p>
        <h2 className={styles.name}>{nameOf(objectKey)}</h2>
        {error ? (
          <Message tone="failing" title={error.message} detail={error.detail} actions={<Button onClick={again}>Try again</Button>} />
        ) : (
          <Message tone="pending" title="Looking it up" />
        )}
      </div>
    );
  }
  return (
    <>
      <div className={styles.head}>
        <p className={styles.kind}>
          {detail.kind}
          {detail.namespace ? ` · ${detail.namespace}` : ""}
        </p>
        <h2 className={styles.name}>{detail.name}</h2>
        <p className={styles.health}>
          <HealthMark health={detail.health} /> {sentence(headline(detail))}
        </p>
        <ObjectActions session={session} objectKey={objectKey} />
      </div>
      <Tabs session={session} current={tab} relations={relationCount(detail)} />
      <div id="inspector-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} className={ownScroll ? styles.fill : styles.body} tabIndex={ownScroll ? -1 : 0}>
        {error ? <Message tone="degraded" title={error.message}>What is shown is from revision {detail.revision}.</Message> : null}
        {tab === "overview" ? <Overview session={session} detail={detail} /> : null}
        {tab === "relations" ? <Relations session={session} detail={detail} /> : null}
        {tab === "reach" ? <ReachView session={session} detail={detail} /> : null}
        {tab === "yaml" ? <YamlView yaml={detail.yaml} kind={detail.kind} /> : null}
      </div>
    </>
  );
}

/** The map marks what is governed for as long as what governs it is shown. */
function useGoverned(session: MapSession, detail: ObjectDetail | null) {
  const keys = detail ? governedBy(detail).join("\n") : "";
  useEffect(() => {
    if (keys === "") return;
    session.governed.set(keys.split("\n"));
    return () => session.governed.set([]);
  }, [session, keys]);
}

function Tabs({ session, current, relations }: { session: MapSession; current: InspectorTab; relations: number }) {
  const list = useRef<HTMLDivElement>(null);
  const step = (by: number) => {
    const at = (TABS.findIndex((tab) => tab.id === current) + by + TABS.length) % TABS.length;
    const next = TABS[at];
    if (!next) return;
    session.tab.set(next.id);
    list.current?.querySelectorAll("button")[at]?.focus();
  };
  return (
    <div ref={list} className={styles.tabs} role="tablist" aria-label="About this object">
      {TABS.map(({ id, label }) => (
        <button
          key={id}
          id={`tab-${id}`}
          type="button"
          role="tab"
          aria-selected={id === current}
          aria-controls="inspector-panel"
          tabIndex={id === current ? 0 : -1}
          onClick={() => session.tab.set(id)}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") step(1);
            if (event.key === "ArrowLeft") step(-1);
          }}
        >
          {label}
          {id === "relations" ? <span className={styles.quiet}> {relations}</span> : null}
        </button>
      ))}
    </div>
  );
}
