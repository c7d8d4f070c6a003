import { type PointerEvent, useEffect, useRef } from "react";

import { worstOf } from "@/components";
import { useStore } from "@/lib/store";
import { theme } from "@/lib/theme";

import { readPalette, shapes, surface } from "../paint/theme";
import type { Picture } from "../picture/types";
import { contains, visible } from "./camera";
import type { MapEngine } from "./engine";
import styles from "./Controls.module.css";

const WIDTH = 150;
const HEIGHT = 100;
const MARGIN = 6;

/** The whole picture in a corner; pressing in it goes there. */
export function MiniMap({ picture, engine }: { picture: Picture; engine: MapEngine }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
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
      const state = surface(worstOf(frame.counts));
      const { fill, stroke } = shapes[state === "card" ? "frame" : state];
      context.fillStyle = palette[fill ?? "frame"];
      context.strokeStyle = palette[state === "card" ? "card-line" : (stroke ?? "card-line")];
      context.lineWidth = 0.8;
      context.beginPath();
      const x = left + (frame.box.x - bounds.x) * scale;
      const y = top + (frame.box.y - bounds.y) * scale;
      context.roundRect(x, y, Math.max(1, frame.box.width * scale), Math.max(1, frame.box.height * scale), 1.5);
      context.fill();
      context.stroke();
    }
  }, [picture, look, bounds, left, top, scale]);

  // Not through React, and not drawn: this moves with every frame of a pan.
  useEffect(
    () =>
      engine.onCamera(() => {
        if (!frame.current) return;
        const { camera, size } = engine.eye;
        // All of it is on screen: a second, smaller one would only cover a corner.
        frame.current.parentElement?.toggleAttribute("hidden", contains(camera, size, bounds));
        const seen = visible(camera, size);
        const x = Math.max(0, left + (seen.x - bounds.x) * scale);
        const y = Math.max(0, top + (seen.y - bounds.y) * scale);
        const right = Math.min(WIDTH, left + (seen.x + seen.width - bounds.x) * scale);
        const bottom = Math.min(HEIGHT, top + (seen.y + seen.height - bounds.y) * scale);
        const { style } = frame.current;
        style.transform = `translate(${Math.min(x, WIDTH - 4)}px, ${Math.min(y, HEIGHT - 4)}px)`;
        style.width = `${Math.max(4, right - x)}px`;
        style.height = `${Math.max(4, bottom - y)}px`;
      }),
    [engine, bounds, left, top, scale],
  );

  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const box = event.currentTarget.getBoundingClientRect();
    engine.eye.centreOn({
      x: bounds.x + (event.clientX - box.left - left) / scale,
      y: bounds.y + (event.clientY - box.top - top) / scale,
    });
  };
  return (
    <div className={styles.miniMap} aria-hidden>
      <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT }} data-testid="minimap" onPointerDown={go} onPointerMove={go} />
      <div ref={frame} className={styles.eye} />
    </div>
  );
}
