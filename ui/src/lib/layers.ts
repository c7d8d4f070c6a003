/** What lies on top of what: Escape closes the topmost layer and nothing else. */

import { useEffect, useRef } from "react";

const open: Array<() => void> = [];

function pushLayer(close: () => void): () => void {
  open.push(close);
  return () => {
    const at = open.lastIndexOf(close);
    if (at >= 0) open.splice(at, 1);
  };
}

/** Closes the topmost layer; false where there was none. */
function closeTopmost(): boolean {
  const close = open.at(-1);
  close?.();
  return close !== undefined;
}

export function useLayer(active: boolean, close: () => void) {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => (active ? pushLayer(() => latest.current()) : undefined), [active]);
}

export function listenForEscape(): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (closeTopmost()) event.preventDefault();
  };
  window.addEventListener("keydown", listener);
  return () => window.removeEventListener("keydown", listener);
}
