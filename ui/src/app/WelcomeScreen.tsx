import { Navigate } from "@tanstack/react-router";
import { useEffect } from "react";

import { StartScreen, useOpenClusters } from "@/features/clusters";
import { createStore, useStore } from "@/lib/store";

import { Frame } from "./Frame";
import styles from "./Screens.module.css";

/** Whether a first screen has been shown. A host that was started on a source opens on its map, once. */
const arrived = createStore(!["", "#", "#/"].includes(location.hash));

export function WelcomeScreen() {
  const open = useOpenClusters();
  const been = useStore(arrived);
  const last = open.data?.at(-1)?.cluster;
  useEffect(() => {
    if (!open.isPending) arrived.set(true);
  }, [open.isPending]);
  if (!been && open.isPending) return null;
  if (!been && last) return <Navigate to="/cluster/$cluster" params={{ cluster: last }} replace />;
  return (
    <Frame top={<span className={styles.product}>Kubilitics</span>} {...(last ? { cluster: last } : {})}>
      <StartScreen />
    </Frame>
  );
}
