/** Where measured figures go: a file, one JSON object a line, base units (seconds, counts, shares). */

import { appendFileSync } from "node:fs";

export function tell(figure: string, value: number): void {
  const file = process.env.KUBILITICS_FIGURES;
  if (!file) throw new Error("KUBILITICS_FIGURES is not set: name the file that figures are appended to");
  appendFileSync(file, `${JSON.stringify({ figure, value })}\n`);
}

/** The value that so large a share of all lies at or below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
