import type { ReactNode } from "react";

import { useLayer } from "@/lib/layers";

import { Glyph } from "./Glyph";
import styles from "./Panel.module.css";

interface PanelProps {
  title: string;
  /** What the closing button closes, for who cannot see where it stands. */
  closes: string;
  close: () => void;
  /** Where it floats; a docked one takes the whole side. */
  place: "left" | "right" | "docked";
  children: ReactNode;
  testId?: string;
}

/** An inline panel with a heading, closed by its button or by Escape: settings, coverage, keys, export. */
export function Panel({ title, closes, close, place, children, testId }: PanelProps) {
  useLayer(true, close);
  const Element = place === "docked" ? "aside" : "section";
  return (
    <Element className={styles.panel} data-place={place} aria-label={title} data-testid={testId}>
      <header className={styles.head}>
        <h2>{title}</h2>
        <CloseButton label={closes} close={close} />
      </header>
      {children}
    </Element>
  );
}

export function CloseButton({ label, close }: { label: string; close: () => void }) {
  return (
    <button type="button" className={styles.close} aria-label={label} title="Close (Esc)" onClick={close}>
      <Glyph name="close" />
    </button>
  );
}
