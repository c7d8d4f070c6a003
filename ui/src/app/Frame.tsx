import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Glyph, type GlyphName } from "@/components";
import { DatabaseNotice, SettingsPanel } from "@/features/settings";
import { useHomeOnceClosed } from "@/lib/layers";
import { useStore } from "@/lib/store";

import styles from "./Frame.module.css";
import { settingsOpen } from "./panels";

interface FrameProps {
  top: ReactNode;
  status?: ReactNode;
  /** What is said over the screen, the more urgent above the less. */
  notice?: ReactNode;
  /** Cluster whose map the rail leads to; none on the start screen. */
  cluster?: string;
  children: ReactNode;
}

/** The parts every screen has: bar above, rail on the left, status line below. */
export function Frame({ top, status, notice, cluster, children }: FrameProps) {
  const settings = useStore(settingsOpen);
  useHomeOnceClosed(settings);
  return (
    <div className={styles.frame}>
      <header className={styles.top}>{top}</header>
      <nav className={styles.rail} aria-label="Sections">
        {cluster ? (
          <Link to="/cluster/$cluster" params={{ cluster }} className={styles.item} activeProps={{ "aria-current": "page" }}>
            <RailLabel glyph="map" text="Map" />
          </Link>
        ) : null}
        <Link to="/" className={styles.item} activeOptions={{ exact: true }} activeProps={{ "aria-current": "page" }}>
          <RailLabel glyph="clusters" text="Clusters" />
        </Link>
        <span className={styles.gap} />
        <button type="button" className={styles.item} aria-pressed={settings} onClick={() => settingsOpen.set(!settings)}>
          <RailLabel glyph="settings" text="Settings" />
        </button>
      </nav>
      <div className={styles.main}>
        {children}
        <div className={styles.notices}>
          {notice}
          {settings ? null : <DatabaseNotice />}
        </div>
        {settings ? <SettingsPanel close={() => settingsOpen.set(false)} /> : null}
      </div>
      {status ? <footer className={styles.status}>{status}</footer> : null}
    </div>
  );
}

function RailLabel({ glyph, text }: { glyph: GlyphName; text: string }) {
  return (
    <>
      <Glyph name={glyph} />
      <span>{text}</span>
    </>
  );
}
