import { type ReactNode, useRef } from "react";

import { useEntered, useLayer } from "@/lib/layers";

import { Glyph } from "./Glyph";
import styles from "./Panel.module.css";
import { Side } from "./Side";

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

/** An inline panel with a heading, closed by its button or by Escape: settings, coverage, keys, export. It takes the keyboard as it opens. */
export function Panel({ title, closes, close, place, children, testId }: PanelProps) {
  const element = useRef<HTMLElement>(null);
  useLayer(true, close);
  useEntered(true, element);
  const content = (
    <>
      <header className={styles.head}>
        <h2>{title}</h2>
        <CloseButton label={closes} close={close} />
      </header>
      {children}
    </>
  );
  if (place === "docked") {
    return (
      <Side name={title} edge="right" memory="panels.right" className={styles.docked} panel={element} {...(testId ? { testId } : {})}>
        {content}
      </Side>
    );
  }
  return (
    <section ref={element} className={styles.panel} data-place={place} aria-label={title} data-testid={testId} tabIndex={-1}>
      {content}
    </section>
  );
}

export function CloseButton({ label, close }: { label: string; close: () => void }) {
  return (
    <button type="button" className={styles.close} aria-label={label} title="Close (Esc)" onClick={close}>
      <Glyph name="close" />
    </button>
  );
}
