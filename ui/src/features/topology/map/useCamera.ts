import { useCallback, useSyncExternalStore } from "react";

import type { MapEngine } from "./engine";

/** What a control says of the camera; it is drawn anew only when that changes, not with every frame of a pan. */
export function useCamera(engine: MapEngine, say: (engine: MapEngine) => string): string {
  const subscribe = useCallback((changed: () => void) => engine.onCamera(changed), [engine]);
  return useSyncExternalStore(subscribe, () => say(engine));
}
