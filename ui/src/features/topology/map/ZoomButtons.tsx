import { Glyph } from "@/components";

import type { MapEngine } from "./engine";
import styles from "./Controls.module.css";

const STEP = 1.4;

export function ZoomButtons({ engine, scale, legend, toggleLegend }: { engine: MapEngine; scale: number; legend: boolean; toggleLegend: () => void }) {
  return (
    <div className={styles.zoom} role="group" aria-label="Zoom">
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => engine.zoomStep(1 / STEP)}>
        <Glyph name="minus" size={14} />
      </button>
      <button type="button" className={styles.percent} title="Natural size (1)" onClick={() => engine.actualSize()}>
        {scale < 0.1 ? (scale * 100).toFixed(1) : Math.round(scale * 100)} %
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => engine.zoomStep(STEP)}>
        <Glyph name="plus" size={14} />
      </button>
      <button type="button" title="Fit all (0)" onClick={() => engine.fit()}>
        Fit
      </button>
      <button type="button" aria-pressed={legend} onClick={toggleLegend}>
        Legend
      </button>
    </div>
  );
}
