import { Glyph } from "@/components";

import type { MapEngine } from "./engine";
import styles from "./Controls.module.css";
import { useCamera } from "./useCamera";

const STEP = 1.4;

export function ZoomButtons({ engine, legend, toggleLegend }: { engine: MapEngine; legend: boolean; toggleLegend: () => void }) {
  const percent = useCamera(engine, percentOf);
  return (
    <div className={styles.zoom} role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => engine.eye.zoomStep(1 / STEP)}>
        <Glyph name="minus" size={14} />
      </button>
      <button type="button" className={styles.percent} title="Natural size (1)" onClick={() => engine.eye.actualSize()}>
        {percent} %
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => engine.eye.zoomStep(STEP)}>
        <Glyph name="plus" size={14} />
      </button>
      <button type="button" title="Fit all (0)" onClick={() => engine.eye.fit()}>
        Fit
      </button>
      <button type="button" aria-pressed={legend} onClick={toggleLegend}>
        Legend
      </button>
    </div>
  );
}

function percentOf({ eye }: MapEngine): string {
  const { scale } = eye.camera;
  return scale < 0.1 ? (scale * 100).toFixed(1) : String(Math.round(scale * 100));
}
