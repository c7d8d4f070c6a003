/** Light or dark: the person's choice, or the system's where there is none. */

import { createStore } from "./store";

export type ThemeChoice = "system" | "light" | "dark";
export type Theme = "light" | "dark";

const system = window.matchMedia("(prefers-color-scheme: dark)");

export const themeChoice = createStore<ThemeChoice>("system");
export const theme = createStore<Theme>(resolve("system"));

function resolve(choice: ThemeChoice): Theme {
  if (choice !== "system") return choice;
  return system.matches ? "dark" : "light";
}

function apply() {
  const next = resolve(themeChoice.get());
  document.documentElement.dataset.theme = next;
  theme.set(next);
}

export function followSystem() {
  apply();
  themeChoice.subscribe(apply);
  system.addEventListener("change", apply);
}
