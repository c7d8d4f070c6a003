import { HealthMark } from "@/components";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import styles from "./Controls.module.css";

export function ProblemsOnly({ session }: { session: MapSession }) {
  const { problemsOnly } = useStore(session.view);
  return (
    <button type="button" className={styles.filterButton} aria-pressed={problemsOnly} title="Only what is wrong, with its direct evidence (Ctrl-Z)" onClick={() => session.change({ problemsOnly: !problemsOnly })}>
      <HealthMark health="failing" quiet size={9} />
      <span>
        Problems<span className={styles.spare}> only</span>
      </span>
    </button>
  );
}
