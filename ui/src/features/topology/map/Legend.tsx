import { SHAPES } from "@/api/bindings/look";
import { HEALTH, HEALTH_ORDER, HealthMark } from "@/components";

import styles from "./Controls.module.css";

const LINES = [
  { name: "routes traffic", shape: SHAPES.routes },
  { name: "selects or owns", shape: SHAPES.selects },
  { name: "refers to", shape: SHAPES.refers },
  { name: "governs", shape: SHAPES.governs },
  { name: "several, between groups", shape: SHAPES.several },
  { name: "target does not exist", shape: SHAPES["broken-refers"] },
  { name: "calls, read from a value", shape: SHAPES.inferred },
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
        {LINES.map(({ name, shape: { stroke, width, dash, round } }) => (
          <li key={name}>
            <svg width="40" height="10" aria-hidden>
              <path d="M1 5h31" stroke={`var(--${stroke})`} strokeWidth={width} strokeDasharray={dash.join(" ") || undefined} strokeLinecap={round ? "round" : "butt"} />
              <path d="m32 2 7 3-7 3z" fill={`var(--${stroke})`} />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <p>Pods lie inside their workload, one square each; what everything shares hangs on as a badge.</p>
    </section>
  );
}
