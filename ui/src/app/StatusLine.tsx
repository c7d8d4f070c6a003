import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { Glyph, HealthMark } from "@/components";
import { countedText, coverageOf, kindsText, leftOutText, shownText, unreadText, useStatus } from "@/features/clusters";

import styles from "./Screens.module.css";

interface StatusLineProps {
  cluster: ClusterSummary;
  /** How many objects the map shows, where lens or filters leave some out. */
  shown: number | null;
  namespaces: readonly string[];
  coverage: boolean;
  toggleCoverage: () => void;
  help: () => void;
}

/** How much there is, what is missing from it, and who we are. */
export function StatusLine({ cluster, shown: drawn, namespaces, coverage, toggleCoverage, help }: StatusLineProps) {
  const status = useStatus(cluster.cluster);
  const { line } = coverageOf(status);
  const only = status?.namespaces ?? [];
  const shown = only.length > 0 ? only : namespaces;
  const kinds = kindsText(status);
  const unread = unreadText(status);
  const leftOut = leftOutText(status);
  return (
    <>
      <span data-testid="objects" className={styles.figures} title={countedText(status)}>{shownText(drawn, status)}</span>
      <button type="button" className={`${styles.inline} ${styles.coverage}`} title={kinds} aria-expanded={coverage} onClick={toggleCoverage}>
        {line === "" ? null : <HealthMark health="unknown" quiet size={10} />}
        <span className={styles.coverage}>{kinds}</span>
      </button>
      {unread === "" ? null : (
        <button type="button" className={styles.inline} title={status?.problems.join("\n")} aria-expanded={coverage} onClick={toggleCoverage}>
          <HealthMark health="degraded" quiet size={10} /> <span>{unread}</span>
        </button>
      )}
      {leftOut === "" ? null : (
        <button type="button" className={styles.inline} title={status?.notes.join("\n")} aria-expanded={coverage} onClick={toggleCoverage}>
          <span>{leftOut}</span>
        </button>
      )}
      <span className={styles.namespaces} title={shown.join(", ")}>
        {only.length > 0 ? "only " : ""}
        {shown.join(", ")}
      </span>
      {cluster.identity ? <span className={styles.fixed} title={cluster.identity}>{cluster.identity}</span> : null}
      {cluster.version ? <span className={styles.fixed} title={cluster.version}>{cluster.version}</span> : null}
      <button type="button" className={styles.inline} aria-label="Keys" title="Keys (?)" onClick={help}>
        <Glyph name="help" size={14} />
      </button>
    </>
  );
}
