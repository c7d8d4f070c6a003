import type { ClusterSummary } from "@/api/bindings/ClusterSummary";
import { Glyph, HealthMark } from "@/components";
import { coverageOf, objectCount, useStatus } from "@/features/clusters";

import styles from "./Screens.module.css";

interface StatusLineProps {
  cluster: ClusterSummary;
  coverage: boolean;
  toggleCoverage: () => void;
  help: () => void;
}

/** How much there is, what is missing from it, and who we are. */
export function StatusLine({ cluster, coverage, toggleCoverage, help }: StatusLineProps) {
  const status = useStatus(cluster.cluster);
  const { visible, line } = coverageOf(status);
  return (
    <>
      <span data-testid="objects" className={styles.figures}>{objectCount(status)}</span>
      <button type="button" className={styles.inline} aria-expanded={coverage} onClick={toggleCoverage}>
        {line === "" ? null : <HealthMark health="unknown" quiet size={10} />}
        {status ? `${visible} kinds visible` : "kinds"}
        {line === "" ? "" : ` · ${line}`}
      </button>
      {status && status.namespaces.length > 0 ? <span>only {status.namespaces.join(", ")}</span> : null}
      <span className={styles.gap} />
      {cluster.identity ? <span>{cluster.identity}</span> : null}
      {cluster.version ? <span>{cluster.version}</span> : null}
      <button type="button" className={styles.inline} aria-label="Keys" title="Keys (?)" onClick={help}>
        <Glyph name="help" size={14} />
      </button>
    </>
  );
}
