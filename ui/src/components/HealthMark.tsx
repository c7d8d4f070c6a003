import { MARKS } from "@/api/bindings/look";

import { HEALTH, asHealth } from "./health";

/** A state as shape and colour; `quiet` leaves the word out for screen readers where it stands beside. */
export function HealthMark({ health, quiet = false, size = 12 }: { health: string; quiet?: boolean; size?: number }) {
  const known = asHealth(health);
  const { path, filled, stroke, dash } = MARKS[known];
  const label = quiet ? { "aria-hidden": true } : { role: "img", "aria-label": HEALTH[known].label };
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" style={{ color: `var(--${HEALTH[known].token})`, flex: "none" }} {...label}>
      <path
        d={path}
        fill={filled ? "currentColor" : "none"}
        stroke={stroke > 0 ? "currentColor" : "none"}
        strokeWidth={stroke}
        strokeDasharray={dash.join(" ") || undefined}
        strokeLinecap={dash.length > 0 ? "butt" : "round"}
        strokeLinejoin="round"
      />
    </svg>
  );
}
