import { useRef } from "react";

import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { LENSES } from "../view";
import styles from "./Controls.module.css";

/** Which relations are drawn. */
export function Lenses({ session }: { session: MapSession }) {
  const { lens } = useStore(session.view);
  const group = useRef<HTMLDivElement>(null);
  const step = (by: number) => {
    const at = (LENSES.findIndex((each) => each.id === lens) + by + LENSES.length) % LENSES.length;
    const next = LENSES[at];
    if (!next) return;
    session.change({ lens: next.id });
    group.current?.querySelectorAll("button")[at]?.focus();
  };
  return (
    <div ref={group} className={styles.lenses} role="radiogroup" aria-label="Lens">
      {LENSES.map(({ id, label, about }) => (
        <button
          key={id}
          type="button"
          role="radio"
          aria-checked={id === lens}
          tabIndex={id === lens ? 0 : -1}
          title={about}
          onClick={() => session.change({ lens: id })}
          onKeyDown={(event) => {
            if (event.key === "ArrowRight") step(1);
            if (event.key === "ArrowLeft") step(-1);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
