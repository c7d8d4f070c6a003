import { useEffect, useReducer, useState } from "react";

import type { ApiError } from "@/api/bindings/ApiError";
import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import { streams } from "@/api/host";

export interface ObjectState {
  /** As it was told last. */
  detail: ObjectDetail | null;
  /** Why there is no more to be told at the moment. */
  error: ApiError | null;
}

const NOTHING: ObjectState = { detail: null, error: null };

/** One object, told again only when it or what it is joined with changed; and a way to ask anew after a failure. */
export function useObject(cluster: string, key: string): ObjectState & { again: () => void } {
  const [state, tell] = useState(NOTHING);
  const [attempt, again] = useReducer((attempts: number) => attempts + 1, 0);
  useEffect(() => {
    tell((before) => (before.detail?.key === key && before.detail.cluster === cluster ? { ...before, error: null } : NOTHING));
    const stream = streams.object(() => ({ cluster, key }), {
      item: (now) => {
        if (now.state === "known") return tell({ detail: now.data, error: null });
        const gone: ApiError = { code: "notFound", message: now.data, detail: null };
        tell((before) => ({ ...before, error: gone }));
      },
      failed: (error) => tell((before) => ({ ...before, error })),
    });
    return () => stream.close();
  }, [cluster, key, attempt]);
  return { ...state, again };
}
