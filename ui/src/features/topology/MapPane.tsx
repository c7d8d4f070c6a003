import { type ReactNode, useCallback, useState } from "react";

import { Button, Message } from "@/components";
import { goHome, useHomeOnceClosed, useLayer } from "@/lib/layers";
import { useStore } from "@/lib/store";

import { Announcer } from "./map/Announcer";
import { Legend } from "./map/Legend";
import { MapCanvas } from "./map/MapCanvas";
import { MiniMap } from "./map/MiniMap";
import { Whereabouts } from "./map/Whereabouts";
import { ZoomButtons } from "./map/ZoomButtons";
import type { MapEngine } from "./map/engine";
import styles from "./MapPane.module.css";
import type { MapSession } from "./session";
import { filtersOf, narrowedBy } from "./view";

/** The map with its corner controls, and what it says while there is nothing to draw; `nothing` says it of an empty cluster. */
export function MapPane({ session, nothing }: { session: MapSession; nothing: ReactNode }) {
  const [engine, setEngine] = useState<MapEngine | null>(null);
  const [legend, setLegend] = useState(false);
  const ready = useCallback((made: MapEngine | null) => setEngine(made), []);
  const { picture } = useStore(session.feed.state);
  const view = useStore(session.view);
  useLayer(legend, () => setLegend(false));
  useHomeOnceClosed(legend);
  return (
    <div className={styles.pane}>
      <MapCanvas session={session} ready={ready} />
      {engine && picture && view.focus === null ? <Whereabouts picture={picture} engine={engine} /> : null}
      {engine && picture ? <MiniMap picture={picture} engine={engine} /> : null}
      {engine ? <ZoomButtons engine={engine} legend={legend} toggleLegend={() => setLegend(!legend)} /> : null}
      {legend ? <Legend /> : null}
      <Announcer session={session} />
      <MapState session={session} nothing={nothing} />
    </div>
  );
}

function MapState({ session, nothing }: { session: MapSession; nothing: ReactNode }) {
  const { picture, waiting, error } = useStore(session.feed.state);
  const view = useStore(session.view);
  if (error) {
    return (
      <div className={styles.state}>
        <Message tone="failing" title={error.message} detail={error.detail} actions={<Button onClick={() => session.feed.restart()}>Try again</Button>}>
          {picture ? "The map below is the last one received." : null}
        </Message>
      </div>
    );
  }
  if (picture === null) {
    return <div className={styles.state}>{waiting ? <Message tone="pending" title="Reading the cluster">The first objects appear as soon as they arrive.</Message> : null}</div>;
  }
  if (picture.blocks.size === 0 && !waiting) {
    if (narrowedBy(view) === "") return <div className={styles.state}>{nothing}</div>;
    return (
      <div className={styles.state}>
        <Message
          title={filtersOf(view) === 0 ? `Nothing has a part in ${narrowedBy(view)}` : "Nothing matches these filters"}
          actions={
            <Button
              onClick={() => {
                if (filtersOf(view) === 0) session.change({ lens: "all" });
                else session.clearFilters();
                goHome();
              }}
            >
              {filtersOf(view) === 0 ? "All relations" : "Clear filters"}
            </Button>
          }
        >
          {filtersOf(view) === 0 ? "The cluster has objects, none of them has such a relation." : "The cluster has objects, none of them fits all the filters set."}
        </Message>
      </div>
    );
  }
  return null;
}
