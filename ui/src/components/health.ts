/** The words of health: their order, what they are called, and which token colours them. */

export const HEALTH_ORDER = ["failing", "missing", "degraded", "pending", "unknown", "ok", "completed", "neutral"] as const;

export type Health = (typeof HEALTH_ORDER)[number];

interface HealthWord {
  label: string;
  token: "ready" | "warning" | "failing" | "completed" | "neutral";
}

export const HEALTH: Record<Health, HealthWord> = {
  failing: { label: "failing", token: "failing" },
  missing: { label: "missing", token: "failing" },
  degraded: { label: "degraded", token: "warning" },
  pending: { label: "pending", token: "warning" },
  unknown: { label: "unknown", token: "neutral" },
  ok: { label: "ready", token: "ready" },
  completed: { label: "completed", token: "completed" },
  neutral: { label: "neutral", token: "neutral" },
};

/** A word from the wire; what is not known here reads as unknown, never as healthy. */
export function asHealth(word: string): Health {
  return word in HEALTH ? (word as Health) : "unknown";
}

export function isProblem(health: Health): boolean {
  return health === "failing" || health === "missing" || health === "degraded" || health === "pending";
}

type Counts = { objects: number } & Record<Health, number>;

/** The worst state present in counts; neutral where all is. */
export function worstOf(counts: Counts): Health {
  return HEALTH_ORDER.find((health) => counts[health] > 0) ?? "neutral";
}
