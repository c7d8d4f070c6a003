import type { Picture } from "../picture/types";
import styles from "./Controls.module.css";
import { visible } from "./camera";
import type { MapEngine } from "./engine";
import { whereabouts } from "./navigate";

/** The namespace and application in the middle of the screen, once their own titles have left it. */
export function Whereabouts({ picture, engine }: { picture: Picture; engine: MapEngine }) {
  const { camera, size } = engine.view;
  const places = whereabouts(picture, visible(camera, size));
  if (places.length === 0) return null;
  return (
    <p className={styles.where} aria-hidden>
      {places.join(" › ")}
    </p>
  );
}
