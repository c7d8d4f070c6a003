import type { Picture } from "../picture/types";
import styles from "./Controls.module.css";
import { visible } from "./camera";
import type { MapEngine } from "./engine";
import { whereabouts } from "./navigate";
import { useCamera } from "./useCamera";

/** The namespace and application in the middle of the screen, once their own titles have left it. */
export function Whereabouts({ picture, engine }: { picture: Picture; engine: MapEngine }) {
  const places = useCamera(engine, ({ eye }) => whereabouts(picture, visible(eye.camera, eye.size)).join(" › "));
  if (places === "") return null;
  return (
    <p className={styles.where} aria-hidden>
      {places}
    </p>
  );
}
