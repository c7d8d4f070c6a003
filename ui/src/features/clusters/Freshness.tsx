import { useSyncExternalStore } from "react";

import { transport } from "@/api/host";
import { useNow } from "@/lib/clock";

import styles from "./Freshness.module.css";
import { freshnessOf } from "./model";
import { useStatus } from "./queries";

/** How fresh the picture is; the age is on screen whenever it is not live. */
export function Freshness({ cluster }: { cluster: string }) {
  const status = useStatus(cluster);
  const connected = useSyncExternalStore(transport.connected.subscribe, transport.connected.get);
  // The clock ticks by the second, words arrive between: an answer from the future is one from right now.
  const now = Math.max(useNow(), status?.heard ?? 0);
  const { tone, text, long } = freshnessOf(status, connected, now);
  return (
    <span className={styles.freshness} data-tone={tone} title={long} data-testid="freshness">
      {text}
      <span className="visually-hidden">: {long}</span>
    </span>
  );
}
