import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { api } from "@/api/host";
import { Button } from "@/components";
import { goHome } from "@/lib/layers";
import { useStore } from "@/lib/store";

import { isFold } from "../inspector/model";
import { exactNameOf, kindOf, nameOf } from "../keys";
import type { Picture } from "../picture/types";
import type { MapSession } from "../session";
import { narrowedBy, widened } from "../view";
import styles from "./Controls.module.css";

const MOST_HITS = 100;

/** Says that what is selected is kept off the map by lens or filters, and shows it when asked to. */
export function LeftOut({ session }: { session: MapSession }) {
  const selection = useStore(session.selection);
  const view = useStore(session.view);
  const { picture, waiting } = useStore(session.feed.state);
  const [wanted, setWanted] = useState<string | null>(null);
  const key = selection?.sort === "object" && !isFold(selection.key) ? selection.key : null;
  const by = narrowedBy(view);
  const isSought = key !== null && by !== "" && picture !== null && !waiting && !isDrawn(picture, key);
  // What lies folded in a card is shown by that: only the core knows in which.
  const hit = useQuery({
    queryKey: ["left out", session.cluster, key, picture?.number ?? 0],
    queryFn: async () => {
      const hits = await session.feed.ask((picture) => api.objectSearch({ cluster: session.cluster, picture, query: exactNameOf(key ?? ""), limit: MOST_HITS }));
      return hits.find((each) => each.key === key) ?? null;
    },
    enabled: isSought,
    gcTime: 10_000,
  }).data;
  useEffect(() => {
    if (wanted === null || picture === null || waiting) return;
    if (wanted === key) session.goal.set({ ids: [wanted] });
    setWanted(null);
  }, [session, wanted, key, picture, waiting]);
  if (!isSought || !hit || hit.card !== null) return null;
  return (
    <div className={styles.focus} role="status">
      <span className={styles.focusName} title={`${kindOf(key)} ${nameOf(key)}`}>
        {kindOf(key)} <strong>{nameOf(key)}</strong> is left out by {by}
      </span>
      <Button
        onClick={() => {
          setWanted(key);
          session.view.set(widened(view));
          goHome();
        }}
      >
        Show it
      </Button>
    </div>
  );
}

function isDrawn(picture: Picture, key: string): boolean {
  for (const block of picture.blocks.values()) {
    if (block.cards.some((card) => card.key === key || card.pods.some((pod) => pod.key === key))) return true;
  }
  return false;
}
