/** Keys that work wherever the focus is, unless a field is being typed in. Pure, beside the one listener. */

import { transport } from "@/api/host";

export type Shortcut = "search" | "settings" | "back" | "forward" | "help" | "problems" | "export" | "namespaces" | "zoomIn" | "zoomOut" | "fit";

interface KeyInput {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const WITH_COMMAND: Record<string, Shortcut> = {
  k: "search",
  ",": "settings",
  "[": "back",
  "]": "forward",
  e: "export",
  "+": "zoomIn",
  "=": "zoomIn",
  "-": "zoomOut",
  "0": "fit",
};
/** Entries of the native menu that the map carries out. */
const MENU: Record<string, Shortcut> = { export: "export", find: "search", problems: "problems", "zoom-in": "zoomIn", "zoom-out": "zoomOut", fit: "fit", keys: "help" };
const PLAIN: Record<string, Shortcut> = { "/": "search", ":": "search", "[": "back", "]": "forward", "?": "help", p: "problems", w: "namespaces" };

export function shortcutOf(event: KeyInput, typing: boolean): Shortcut | null {
  if (event.altKey) return null;
  if (event.ctrlKey && !event.metaKey && event.key === "z") return typing ? null : "problems";
  if (event.ctrlKey || event.metaKey) return WITH_COMMAND[event.key] ?? null;
  return typing ? null : (PLAIN[event.key] ?? null);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
}

export function listenForShortcuts(act: (shortcut: Shortcut) => void): () => void {
  const forgetMenu = transport.onMenu?.((id) => {
    const shortcut = MENU[id];
    if (shortcut) act(shortcut);
  });
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const shortcut = shortcutOf(event, isTyping(event.target));
    if (shortcut === null) return;
    event.preventDefault();
    act(shortcut);
  };
  window.addEventListener("keydown", listener);
  return () => {
    window.removeEventListener("keydown", listener);
    forgetMenu?.();
  };
}
