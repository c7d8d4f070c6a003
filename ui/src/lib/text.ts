/**
 * Messages come in lower case without a full stop; on screen they begin as sentences do. What is no plain word keeps its own
 * letters: an address, a version, a path, a name with marks in it.
 */
export function sentence(text: string): string {
  return /^[a-z]+[,:]?(\s|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** Less would say nothing by itself. */
const LEAST_SAID = 16;

/** What went wrong, and apart from it how and what to do: a message tells them in this order, with a mark between. */
export function toldInShort(message: string): { said: string; more: string } {
  const mark = /[:;] /.exec(message);
  if (mark === null || mark.index < LEAST_SAID) return { said: message, more: "" };
  return { said: message.slice(0, mark.index), more: message.slice(mark.index + 2) };
}
