import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { Glyph, HealthMark } from "@/components";
import { coverageOf, objectCount, secretsText, useStatus } from "@/features/clusters";

import styles from "./Screens.module.css";

interface StatusLineProps {
  cluster: ClusterSummary;
  namespaces: readonly string[];
  coverage: boolean;
  toggleCoverage: () => void;
  help: () => void;
}

/** How much there is, what is missing from it, and who we are. */
export function StatusLine({ cluster, namespaces, coverage, toggleCoverage, help }: StatusLineProps) {
  const status = useStatus(cluster.cluster);
  const { visible, line } = coverageOf(status);
  const secrets = secretsText(status);
  const only = status?.namespaces ?? [];
  const shown = only.length > 0 ? only : namespaces;
  return (
    <>
      <span data-testid="objects" className={styles.figures}>{objectCount(status)}</span>
      <button type="button" className={styles.inline} aria-expanded={coverage} onClick={toggleCoverage}>
        {line === "" ? null : <HealthMark health="unknown" quiet size={10} />}
        {status ? `${visible} kinds visible` : "kinds"}
        {secrets === "" ? "" : ` · ${secrets}`}
        {line === "" ? "" : ` · ${line}`}
      </button>
      <span className={styles.namespaces} title={shown.join(", ")}>
        {only.length > 0 ? "only " : ""}
        {shown.join(", ")}
      </span>
      <span className={styles.gap} />
      {cluster.identity ? <span className={styles.fixed}>{cluster.identity}</span> : null}
      {cluster.version ? <span className={styles.fixed}>{cluster.version}</span> : null}
      <button type="button" className={styles.inline} aria-label="Keys" title="Keys (?)" onClick={help}>
        <Glyph name="help" size={14} />
      </button>
    </>
  );
}
