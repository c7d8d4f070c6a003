/** One shape per state on a 12 × 12 field, the same as in files (`icons/marks.rs` of the diagram crate). */

import type { Health } from "./health";

interface Mark {
  path: string;
  filled: boolean;
  /** Width of the stroke, that of the rounding for filled shapes. */
  stroke: number;
  dash: number[];
}

const CIRCLE = "M6 1.5A4.5 4.5 0 0 1 6 10.5A4.5 4.5 0 0 1 6 1.5Z";

export const MARKS: Record<Health, Mark> = {
  failing: { path: "M1.7 1.7L10.3 10.3M10.3 1.7L1.7 10.3", filled: false, stroke: 2.2, dash: [] },
  missing: { path: "M3 3L9 9M9 3L3 9", filled: false, stroke: 1.8, dash: [] },
  degraded: { path: "M6 1.6L10.9 10.2H1.1Z", filled: true, stroke: 1.2, dash: [] },
  pending: { path: CIRCLE, filled: false, stroke: 1.7, dash: [2, 1.534] },
  unknown: { path: "M4 4A2.1 2.1 0 1 1 7.1 5.8C6.3 6.3 6 6.7 6 7.5M6 9.9V9.92", filled: false, stroke: 1.6, dash: [] },
  ok: { path: CIRCLE, filled: true, stroke: 0, dash: [] },
  completed: { path: "M1.6 6.6L4.5 9.5L10.4 2.6", filled: false, stroke: 1.7, dash: [] },
  neutral: { path: "M6 2A4 4 0 0 1 6 10A4 4 0 0 1 6 2Z", filled: false, stroke: 1.5, dash: [] },
};
