/** Messages come in lower case without a full stop; on screen they begin as sentences do. Paths stay as they are. */
export function sentence(text: string): string {
  return text === "" ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
