/**
 * What lies on top of what: Escape closes the topmost layer and nothing else. And where the keyboard goes from there: home,
 * to the map, so that its keys work at once; a focus that is left on a closed panel's button, or on nothing, would swallow them.
 */

import { type RefObject, useEffect, useRef } from "react";

const open: Array<() => void> = [];
let home: HTMLElement | null = null;

/** Makes an element the home of the keyboard while it is there. It takes it at once where nothing else has it. */
export function useHome(element: RefObject<HTMLElement | null>) {
  useEffect(() => {
    const mine = element.current;
    home = mine;
    goHomeIfLost();
    return () => {
      if (home === mine) home = null;
    };
  }, [element]);
}

/** Gives the keyboard to the map, if there is one. */
export function goHome() {
  home?.focus({ preventScroll: true });
}

/** The same where what had the keyboard is no longer on the page. */
export function goHomeIfLost() {
  if (document.activeElement === null || document.activeElement === document.body) goHome();
}

/** The same as soon as what was open is closed, by whatever opened it. */
export function useHomeOnceClosed(open: boolean) {
  const before = useRef(open);
  useEffect(() => {
    if (before.current && !open) goHome();
    before.current = open;
  }, [open]);
}

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
  if (close) goHome();
  return close !== undefined;
}

export function useLayer(active: boolean, close: () => void) {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!active) return;
    const forget = pushLayer(() => latest.current());
    return () => {
      forget();
      // Its own closing button, for one, is gone with it.
      goHomeIfLost();
    };
  }, [active]);
}

export function listenForEscape(): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (closeTopmost()) event.preventDefault();
  };
  window.addEventListener("keydown", listener);
  return () => window.removeEventListener("keydown", listener);
}
