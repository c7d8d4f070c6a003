import { HEALTH, HEALTH_ORDER, HealthMark } from "@/components";

import styles from "./Controls.module.css";

const LINES = [
  { name: "routes traffic", dash: "", token: "--line-strong", width: 1.7 },
  { name: "selects or owns", dash: "", token: "--line", width: 1.3 },
  { name: "refers to", dash: "5 4", token: "--line", width: 1.3 },
  { name: "governs", dash: "1.5 3", token: "--line", width: 1.5 },
  { name: "several, between groups", dash: "", token: "--line-strong", width: 2.4 },
  { name: "target does not exist", dash: "5 4", token: "--fail", width: 1.3 },
  { name: "calls, read from a value", dash: "9 2.5", token: "--line-strong", width: 1.3 },
] as const;

export function Legend() {
  return (
    <section className={styles.legend} aria-label="Legend">
      <ul>
        {HEALTH_ORDER.map((health) => (
          <li key={health}>
            <HealthMark health={health} quiet /> {HEALTH[health].label}
          </li>
        ))}
      </ul>
      <ul>
        {LINES.map(({ name, dash, token, width }) => (
          <li key={name}>
            <svg width="40" height="10" aria-hidden>
              <path d="M1 5h31" stroke={`var(${token})`} strokeWidth={width} strokeDasharray={dash || undefined} />
              <path d="m32 2 7 3-7 3z" fill={`var(${token})`} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <p>Pods lie inside their workload, one square each; what everything shares hangs on as a badge.</p>
    </section>
  );
}
