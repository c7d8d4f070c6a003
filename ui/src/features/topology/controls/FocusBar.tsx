import { Button, Glyph } from "@/components";
import { useLayer } from "@/lib/layers";
import { useStore } from "@/lib/store";

import { kindOf, nameOf } from "../keys";
import type { MapSession } from "../session";
import { MOST_DEPTH } from "../view";
import styles from "./Controls.module.css";

/** Says that only the surroundings of one object are drawn, how far they reach, and ends it. */
export function FocusBar({ session }: { session: MapSession }) {
  const { focus, depth } = useStore(session.view);
  const end = () => session.change({ focus: null, depth: null });
  useLayer(focus !== null, end);
  if (focus === null) return null;
  const steps = depth ?? 1;
  return (
    <div className={styles.focus} role="group" aria-label="Focus">
      <Glyph name="focus" size={14} />
      <span className={styles.focusName}>
        Around {kindOf(focus)} <strong>{nameOf(focus)}</strong>
      </span>
      <Button look="quiet" aria-label="One step less" disabled={steps <= 1} onClick={() => session.change({ depth: steps - 1 })}>−</Button>
      <span aria-live="polite">{steps} {steps === 1 ? "step" : "steps"}</span>
      <Button look="quiet" aria-label="One step more" disabled={steps >= MOST_DEPTH} onClick={() => session.change({ depth: steps + 1 })}>+</Button>
      <Button onClick={end}>Whole map</Button>
    </div>
  );
}
