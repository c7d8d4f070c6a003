import { StartScreen, useOpenClusters } from "@/features/clusters";

import { Frame } from "./Frame";
import styles from "./Screens.module.css";

export function WelcomeScreen() {
  const last = useOpenClusters().data?.at(-1)?.cluster;
  return (
    <Frame top={<span className={styles.product}>Kubilitics</span>} {...(last ? { cluster: last } : {})}>
      <StartScreen />
    </Frame>
  );
}
