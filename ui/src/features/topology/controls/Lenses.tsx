import { useRef } from "react";

import type { Lens } from "@/api/bindings/Lens";
import { useMedia } from "@/lib/media";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { LENSES } from "../view";
import styles from "./Controls.module.css";

/** Below this the bar has no room for eight words side by side. */
const NARROW = "(max-width: 1250px)";

/** Which relations are drawn. */
export function Lenses({ session }: { session: MapSession }) {
  const narrow = useMedia(NARROW);
  return narrow ? <LensList session={session} /> : <LensRow session={session} />;
}

function LensList({ session }: { session: MapSession }) {
  const { lens } = useStore(session.view);
  return (
    <select className={styles.lens} aria-label="Lens" value={lens} onChange={(event) => session.change({ lens: event.target.value as Lens })}>
      {LENSES.map(({ id, label, about }) => <option key={id} value={id} title={about}>{label}</option>)}
    </select>
  );
}

function LensRow({ session }: { session: MapSession }) {
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
