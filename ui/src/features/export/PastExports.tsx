import { useQuery } from "@tanstack/react-query";

import { api } from "@/api/host";
import { keys } from "@/features/clusters";
import { bytes, humanDuration } from "@/lib/age";
import { useNow } from "@/lib/clock";

import styles from "./ExportPanel.module.css";
import { placeText } from "./model";

const MOST = 8;

export function PastExports() {
  const past = useQuery({ queryKey: keys.exports, queryFn: ({ signal }) => api.exportsList(signal) }).data ?? [];
  const now = useNow();
  if (past.length === 0) return null;
  return (
    <section className={styles.past}>
      <h3>Before</h3>
      <ul>
        {past.slice(0, MOST).map((each) => (
          <li key={`${each.at}${each.path}`}>
            <span className={styles.path} title={placeText(each.cluster, each.path)}>{placeText(each.cluster, each.path)}</span>
            <span className={styles.note}>{each.cluster} · {bytes(each.bytes)} · {humanDuration(now - each.at)} ago</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
