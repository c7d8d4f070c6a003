/** Text as a person reads it, by the rule of the core (`model::legible`). Pure. */

/** Controls but line breaks and tabs, and what Unicode calls default ignorable: marks and overrides of direction, joiners, fillers, tags. */
const HIDDEN: readonly (readonly [number, number])[] = [
  [0, 8], [0xb, 0x1f], [0x7f, 0x9f], [0xad, 0xad], [0x34f, 0x34f], [0x61c, 0x61c], [0x115f, 0x1160], [0x17b4, 0x17b5],
  [0x180b, 0x180f], [0x200b, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f], [0x3164, 0x3164], [0xfeff, 0xfeff],
  [0xffa0, 0xffa0], [0xfff0, 0xfffb], [0x1d173, 0x1d17a], [0xe0000, 0xe0fff],
];

/** The text with everything that hides or turns it written out: `evil«U+202E»gpj.exe`. */
export function legible(text: string): string {
  const shown = [...text].map((sign) => {
    const number = sign.codePointAt(0) ?? 0;
    const isHidden = HIDDEN.some(([first, last]) => first <= number && number <= last);
    return isHidden ? `«U+${number.toString(16).toUpperCase().padStart(4, "0")}»` : sign;
  });
  return shown.join("");
}
