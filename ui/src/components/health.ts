/** The words of health: their order, what they are called, and which token colours them. */

import type { Health } from "@/api/bindings/Health";

/** Worst first. */
export const HEALTH_ORDER: readonly Health[] = ["failing", "missing", "degraded", "pending", "unknown", "ok", "completed", "neutral"];

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

/** Whether a word that came from an address is one of health. */
export function isHealth(word: string): word is Health {
  return word in HEALTH;
}

export function isProblem(health: Health): boolean {
  return health === "failing" || health === "missing" || health === "degraded" || health === "pending";
}

type Counts = { objects: number } & Record<Health, number>;

/** The worst state present in counts; neutral where all is. */
export function worstOf(counts: Counts): Health {
  return HEALTH_ORDER.find((health) => counts[health] > 0) ?? "neutral";
}
