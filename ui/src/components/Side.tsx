import { type KeyboardEvent, type PointerEvent, type ReactNode, type Ref, useEffect, useLayoutEffect, useRef, useState } from "react";

import { api } from "@/api/host";

import { Glyph } from "./Glyph";
import styles from "./Side.module.css";
import { type SideSize, clampedWidth, recalledSize, widthAfter } from "./sideSize";

interface SideProps {
  /** What it is, in the words of its heading. */
  name: string;
  /** At which edge of the window it stands. */
  edge: "left" | "right";
  /** Under which name its size is remembered. */
  memory: string;
  className: string | undefined;
  element?: "nav" | "aside";
  children: ReactNode;
  testId?: string;
  panel?: Ref<HTMLElement>;
  onFocus?: (target: HTMLElement) => void;
}

/** A panel beside the map, as wide as the person makes it by pointer or keys, or folded to its edge. */
export function Side({ name, edge, memory, className, element: Element = "aside", children, testId, panel, onFocus }: SideProps) {
  const [size, setSize] = useState<SideSize>({ width: null, folded: false });
  const frame = useRef<HTMLDivElement>(null);
  const [measured, setMeasured] = useState(0);
  /** Whoever folds or unfolds it by keys goes on from what does the opposite. */
  const byKeys = useRef(false);
  const follow = (element: HTMLElement | null) => {
    if (element === null || !byKeys.current) return;
    byKeys.current = false;
    element.focus({ preventScroll: true });
  };
  useEffect(() => {
    let current = true;
    api.preferenceGet({ name: memory }).then(({ value }) => current && setSize(recalledSize(value)), () => undefined);
    return () => {
      current = false;
    };
  }, [memory]);
  useLayoutEffect(() => setMeasured(Math.round(frame.current?.getBoundingClientRect().width ?? 0)), [size]);
  const change = (next: SideSize) => {
    setSize(next);
    api.preferenceSet({ name: memory, value: next }).catch(() => undefined);
  };
  if (size.folded) {
    return (
      <div className={styles.folded} data-edge={edge}>
        <button ref={follow} type="button" aria-expanded={false} aria-label={`Unfold: ${name}`} title={`Unfold: ${name}`} onClick={({ detail }) => {
            // A press of a key is no click of a pointer: none is counted.
            byKeys.current = detail === 0;
            change({ ...size, folded: false });
          }}>
          <Glyph name={edge === "left" ? "right" : "left"} size={14} />
          <span>{name}</span>
        </button>
      </div>
    );
  }
  const bar = (
    <Divider
      name={name}
      edge={edge}
      width={measured}
      resize={(width) => change({ width: clampedWidth(width, window.innerWidth), folded: false })}
      reset={() => change({ width: null, folded: false })}
      fold={() => {
        byKeys.current = true;
        change({ ...size, folded: true });
      }}
      follow={follow}
    />
  );
  return (
    <div ref={frame} className={styles.side} style={size.width === null ? undefined : { width: clampedWidth(size.width, window.innerWidth) }} data-sized={size.width !== null}>
      {edge === "right" ? bar : null}
      <Element ref={panel as Ref<HTMLDivElement>} className={className} aria-label={name} data-testid={testId} tabIndex={-1} onFocus={(event) => onFocus?.(event.target)}>
        {children}
      </Element>
      {edge === "left" ? bar : null}
    </div>
  );
}

interface DividerProps {
  name: string;
  edge: "left" | "right";
  width: number;
  resize: (width: number) => void;
  reset: () => void;
  fold: () => void;
  follow: (element: HTMLElement | null) => void;
}

/** The ARIA pattern of a window splitter: arrows move it, Enter folds, a double click gives the first width back. */
function Divider({ name, edge, width, resize, reset, fold, follow }: DividerProps) {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") fold();
    else {
      const next = widthAfter(event.key, width, edge, window.innerWidth);
      if (next === null) return;
      resize(next);
    }
    event.preventDefault();
  };
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box) resize(edge === "left" ? event.clientX - box.left : box.right - event.clientX);
  };
  return (
    <div
      ref={follow}
      className={styles.divider}
      data-edge={edge}
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width: ${name}`}
      aria-valuenow={width}
      aria-valuemin={140}
      aria-valuemax={Math.max(140, Math.round(window.innerWidth / 2))}
      title="Drag or arrow keys: width · Enter: fold"
      tabIndex={0}
      onKeyDown={press}
      onPointerMove={drag}
      onDoubleClick={reset}
    />
  );
}
