import { type ReactNode, useEffect, useRef, useState } from "react";

import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { Button } from "@/components";
import { CoveragePanel, NothingSeen, StaleBanner, useStatus } from "@/features/clusters";
import { ExportPanel } from "@/features/export";
import {
  FewInLens,
  Filters,
  FocusBar,
  Inspector,
  KeyHelp,
  LeftOut,
  Lenses,
  MapPane,
  type MapSession,
  Outline,
  ProblemsOnly,
  Search,
  type Shortcut,
  filtersOf,
  listenForShortcuts,
  narrowedBy,
  titleOf,
  useNamespaces,
} from "@/features/topology";
import { useHomeOnceClosed } from "@/lib/layers";
import { useStore } from "@/lib/store";

import { useAddress } from "./address";
import { Frame } from "./Frame";
import { settingsOpen } from "./panels";
import styles from "./Screens.module.css";
import { StatusLine } from "./StatusLine";

type Panel = "export" | "coverage" | "help" | "filters";

interface MapWorkspaceProps {
  cluster: ClusterSummary;
  session: MapSession;
  identity: ReactNode;
}

/** Everything around the map: controls above, outline and inspector beside, status below. */
export function MapWorkspace({ cluster, session, identity }: MapWorkspaceProps) {
  const [panel, setPanel] = useState<Panel | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const view = useStore(session.view);
  const { picture } = useStore(session.feed.state);
  const shown = filtersOf(view) === 0 ? null : (picture?.counts.objects ?? null);
  const kinds = useStatus(cluster.cluster)?.kinds ?? [];
  const namespaces = useNamespaces(session);
  const toggle = (which: Panel) => setPanel((open) => (open === which ? null : which));
  const close = () => setPanel(null);
  useHomeOnceClosed(panel !== null);
  useAddress(session);

  useEffect(() => {
    const acts: Record<Shortcut, () => void> = {
      search: () => search.current?.focus(),
      settings: () => settingsOpen.set((open) => !open),
      back: () => session.travel(-1),
      forward: () => session.travel(1),
      help: () => toggle("help"),
      problems: () => session.change({ problemsOnly: !session.view.get().problemsOnly }),
      export: () => toggle("export"),
      namespaces: () => toggle("filters"),
      zoomIn: () => session.zoom.set({ do: "in" }),
      zoomOut: () => session.zoom.set({ do: "out" }),
      fit: () => session.zoom.set({ do: "fit" }),
    };
    return listenForShortcuts((shortcut) => acts[shortcut]());
  }, [session]);

  return (
    <Frame
      cluster={cluster.cluster}
      top={
        <>
          {identity}
          <Search session={session} field={search} />
          <Lenses session={session} />
          <span className={styles.gap} />
          <Filters session={session} kinds={kinds} namespaces={namespaces} open={panel === "filters"} setOpen={(open) => setPanel(open ? "filters" : null)} />
          <ProblemsOnly session={session} />
          <Button className={styles.tall} aria-expanded={panel === "export"} onClick={() => toggle("export")}>
            Export
          </Button>
        </>
      }
      notice={<StaleBanner cluster={cluster.cluster} />}
      status={<StatusLine cluster={cluster} shown={shown} namespaces={namespaces} coverage={panel === "coverage"} toggleCoverage={() => toggle("coverage")} help={() => toggle("help")} />}
    >
      <Outline session={session} />
      <main className={styles.map}>
        {view.focus === null ? <FewInLens session={session} /> : null}
        <MapPane session={session} nothing={<NothingSeen cluster={cluster} />} />
        <FocusBar session={session} />
        {view.focus === null ? <LeftOut session={session} /> : null}
        {panel === "coverage" ? <CoveragePanel cluster={cluster} close={close} /> : null}
        {panel === "help" ? <KeyHelp close={close} /> : null}
      </main>
      {panel === "export" ? <ExportPanel cluster={cluster} view={view} shown={narrowedBy(view) === "" ? null : titleOf(cluster.name, view)} close={close} /> : <Inspector session={session} />}
    </Frame>
  );
}

