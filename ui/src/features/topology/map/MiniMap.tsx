import { type PointerEvent, useEffect, useRef } from "react";

import { theme } from "@/app/theme";
import { worstOf } from "@/components";
import { useStore } from "@/lib/store";

import { readPalette, surface } from "../paint/theme";
import type { Picture } from "../picture/types";
import { visible } from "./camera";
import type { MapEngine } from "./engine";
import styles from "./Controls.module.css";

const WIDTH = 150;
const HEIGHT = 100;
const MARGIN = 6;

/** The whole picture in a corner; pressing in it goes there. */
export function MiniMap({ picture, engine, camera }: { picture: Picture; engine: MapEngine; camera: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const look = useStore(theme);
  const { bounds } = picture;
  const scale = Math.min((WIDTH - 2 * MARGIN) / Math.max(1, bounds.width), (HEIGHT - 2 * MARGIN) / Math.max(1, bounds.height));
  const left = (WIDTH - bounds.width * scale) / 2;
  const top = (HEIGHT - bounds.height * scale) / 2;

  useEffect(() => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context || !canvas.current) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.current.width = WIDTH * ratio;
    canvas.current.height = HEIGHT * ratio;
    const palette = readPalette(document.documentElement);
    context.scale(ratio, ratio);
    for (const frame of picture.frames) {
      const look = surface(palette, worstOf(frame.counts));
      context.fillStyle = look.fill === palette.card ? palette.frame : look.fill;
      context.strokeStyle = look.fill === palette.card ? palette.cardLine : look.line;
      context.lineWidth = 0.8;
      context.beginPath();
      const x = left + (frame.box.x - bounds.x) * scale;
      const y = top + (frame.box.y - bounds.y) * scale;
      context.roundRect(x, y, Math.max(1, frame.box.width * scale), Math.max(1, frame.box.height * scale), 1.5);
      context.fill();
      context.stroke();
    }
    const { camera: eye, size } = engine.view;
    const seen = visible(eye, size);
    context.strokeStyle = palette.accent;
    context.lineWidth = 1.5;
    const x = Math.max(1, left + (seen.x - bounds.x) * scale);
    const y = Math.max(1, top + (seen.y - bounds.y) * scale);
    const right = Math.min(WIDTH - 1, left + (seen.x + seen.width - bounds.x) * scale);
    const bottom = Math.min(HEIGHT - 1, top + (seen.y + seen.height - bounds.y) * scale);
    context.strokeRect(x, y, Math.max(3, right - x), Math.max(3, bottom - y));
  }, [picture, engine, camera, look, bounds, left, top, scale]);

  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    engine.centreOn({
      x: bounds.x + (event.clientX - box.left - left) / scale,
      y: bounds.y + (event.clientY - box.top - top) / scale,
    });
  };
  return <canvas ref={canvas} className={styles.miniMap} style={{ width: WIDTH, height: HEIGHT }} aria-hidden data-testid="minimap" onPointerDown={go} onPointerMove={go} />;
}
