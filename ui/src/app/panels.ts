/** Panels that belong to the application and not to one screen. */

import { createStore } from "@/lib/store";

export const settingsOpen = createStore(false);
