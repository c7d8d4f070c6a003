import type { Health } from "@/api/bindings/Health";
import { MARKS } from "@/api/bindings/look";

import { HEALTH } from "./health";

/** A state as shape and colour; `quiet` leaves the word out for screen readers where it stands beside. */
export function HealthMark({ health, quiet = false, size = 12 }: { health: Health; quiet?: boolean; size?: number }) {
  const { path, filled, stroke, dash } = MARKS[health];
  const label = quiet ? { "aria-hidden": true } : { role: "img", "aria-label": HEALTH[health].label };
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" style={{ color: `var(--${HEALTH[health].token})`, flex: "none" }} {...label}>
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
