import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

import { StartScreen, useOpenClusters } from "@/features/clusters";
import { createStore, useStore } from "@/lib/store";

import { Frame } from "./Frame";
import styles from "./Screens.module.css";

/**
 * Whether the person has begun, or a map has been shown. Until then a cluster that the host opens by itself (it was started
 * on one) takes the screen, once.
 */
const begun = createStore(!["", "#", "#/"].includes(location.hash));

export function WelcomeScreen() {
  const navigate = useNavigate();
  const open = useOpenClusters();
  const isBegun = useStore(begun);
  const last = open.data?.at(-1)?.cluster;
  useEffect(() => {
    if (isBegun || !last) return;
    begun.set(true);
    void navigate({ to: "/cluster/$cluster", params: { cluster: last }, replace: true });
  }, [isBegun, last, navigate]);
  useEffect(() => {
    const begin = () => begun.set(true);
    window.addEventListener("pointerdown", begin, { once: true });
    window.addEventListener("keydown", begin, { once: true });
    return () => {
      window.removeEventListener("pointerdown", begin);
      window.removeEventListener("keydown", begin);
    };
  }, []);
  if (!isBegun && (open.isPending || last)) return null;
  return (
    <Frame top={<span className={styles.product}>Kubilitics</span>} {...(last ? { cluster: last } : {})}>
      <StartScreen />
    </Frame>
  );
}
