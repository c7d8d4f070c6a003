import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";

import { Message } from "@/components";

import { ContextRow } from "./ContextRow";
import type { ContextRow as Row } from "./model";
import styles from "./StartScreen.module.css";

const ROW_HEIGHT = 66;
const FILE_HEIGHT = 26;

interface ContextTableProps {
  rows: Row[];
  /** What scrolls: the screen as a whole. */
  scroller: HTMLElement | null;
  /** The id of the context that is being opened. */
  opening: string | null;
  /** The id of that which could not be opened, and why. */
  failed: string | null;
  refusal: ReactNode;
  open: (id: string) => void;
}

/** Contexts by file. Only those on screen are drawn, and only they are asked whether their server answers. */
export function ContextTable({ rows, scroller, opening, failed, refusal, open }: ContextTableProps) {
  const list = useRef<HTMLUListElement>(null);
  const [above, setAbove] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element || !scroller?.firstElementChild) return;
    // Whatever is said or listed above moves the list down, and makes the whole taller.
    const observer = new ResizeObserver(() => {
      const top = element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      setAbove(Math.round(top + scroller.scrollTop));
    });
    observer.observe(scroller.firstElementChild);
    return () => observer.disconnect();
  }, [scroller]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: (at) => (rows[at]?.sort === "file" ? FILE_HEIGHT : ROW_HEIGHT),
    getItemKey: (at) => keyOf(rows[at]),
    scrollMargin: above,
    overscan: 4,
  });
  return (
    <ul ref={list} className={styles.list} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (!row) return null;
        return (
          <li key={item.key} ref={virtual.measureElement} data-index={item.index} className={styles.row} style={{ transform: `translateY(${item.start - above}px)` }}>
            {row.sort === "file" ? (
              <FileRow path={row.file.path} problem={row.file.problem} />
            ) : (
              <ContextRow context={row.context} opening={opening === row.context.id} open={() => open(row.context.id)}>
                {failed === row.context.id ? refusal : null}
              </ContextRow>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function keyOf(row: Row | undefined): string {
  if (!row) return "";
  return row.sort === "file" ? `file ${row.file.path}` : row.context.id;
}

function FileRow({ path, problem }: { path: string; problem: string | null }) {
  if (problem !== null) return <Message tone="degraded" title={path}>{problem}</Message>;
  return <h3 className={styles.file}>{path}</h3>;
}
