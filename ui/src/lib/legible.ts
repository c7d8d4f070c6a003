/** Text as a person reads it, by the rule of the core (`model::legible`). Pure. */

import { HIDDEN } from "@/api/bindings/hidden";

/** The text with everything that hides or turns it written out: `evil«U+202E»gpj.exe`. */
export function legible(text: string): string {
  const shown = [...text].map((sign) => {
    const number = sign.codePointAt(0) ?? 0;
    const isHidden = HIDDEN.some(([first, last]) => first <= number && number <= last);
    return isHidden ? `«U+${number.toString(16).toUpperCase().padStart(4, "0")}»` : sign;
  });
  return shown.join("");
}
