/**
 * What lies on top of what: Escape closes the topmost layer and nothing else. And where the keyboard goes: into a panel that is
 * opened with it, and back to what opened the panel; home, to the map, for whoever used the pointer, so that the map's keys
 * work at once. A focus that is left on a closed panel's button, or on nothing, would swallow them.
 */

import { type RefObject, useEffect, useRef } from "react";

interface Layer {
  close: () => void;
  /** What had the keyboard, and showed it, when the layer opened; null where the pointer opened it. */
  opener: HTMLElement | null;
  /** What gets the keyboard back, whoever opened the layer. */
  back: RefObject<HTMLElement | null> | null;
}

const open: Layer[] = [];
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
  if (isLost()) goHome();
}

/** The same as soon as what was open is closed, by whatever closed it; whoever works by keys stays where they are. */
export function useHomeOnceClosed(open: boolean) {
  const before = useRef(open);
  useEffect(() => {
    if (before.current && !open && keyboardAt() === null) goHome();
    before.current = open;
  }, [open]);
}

/** Moves the keyboard into a part of the topmost layer; closing that gives it back to where it was. */
export function moveInto(element: HTMLElement | null) {
  const opener = keyboardAt();
  const layer = open.at(-1);
  if (layer && opener !== null && !element?.contains(opener)) layer.opener = opener;
  element?.focus({ preventScroll: true });
}

function isLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** What has the keyboard, for somebody who uses it. */
function keyboardAt(): HTMLElement | null {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && activeElement !== document.body && activeElement.matches(":focus-visible") ? activeElement : null;
}

function giveBack({ opener, back }: Layer) {
  if (back?.current) back.current.focus({ preventScroll: true });
  else if (opener?.isConnected && opener !== document.activeElement) opener.focus({ preventScroll: true });
  else goHome();
}

/** Closes the topmost layer; false where there was none. */
function closeTopmost(): boolean {
  const layer = open.at(-1);
  layer?.close();
  if (layer) giveBack(layer);
  return layer !== undefined;
}

/**
 * Makes something closable by Escape while it is there. `holds` says that the keyboard may be in it: what merely belongs to a
 * field closes because the keyboard is on its way elsewhere, and must not call it back. `back` is for what lies in another
 * layer: the map is not the next thing where that one is still open.
 */
export function useLayer(active: boolean, close: () => void, { holds = true, back = null }: { holds?: boolean; back?: RefObject<HTMLElement | null> | null } = {}) {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!active) return;
    const layer: Layer = { close: () => latest.current(), opener: keyboardAt(), back };
    open.push(layer);
    return () => {
      const at = open.lastIndexOf(layer);
      if (at >= 0) open.splice(at, 1);
      // Its own closing button, for one, is gone with it.
      if (holds && isLost()) giveBack(layer);
    };
  }, [active, holds, back]);
}

/** A layer that takes the keyboard as it opens. Whatever is in it can be reached by Tab from there. */
export function useEntered(active: boolean, element: RefObject<HTMLElement | null>) {
  useEffect(() => {
    if (active) element.current?.focus({ preventScroll: true });
  }, [active, element]);
}

export function listenForEscape(): () => void {
  const listener = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
    if (closeTopmost()) event.preventDefault();
  };
  window.addEventListener("keydown", listener);
  return () => window.removeEventListener("keydown", listener);
}
