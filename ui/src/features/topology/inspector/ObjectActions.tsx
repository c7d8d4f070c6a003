import { Button, Glyph } from "@/components";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";

import styles from "./Inspector.module.css";

/** What can be done with a selected object's place on the map; nothing here changes the cluster. */
export function ObjectActions({ session, objectKey }: { session: MapSession; objectKey: string }) {
  const view = useStore(session.view);
  const { picture } = useStore(session.feed.state);
  const card = picture && [...picture.blocks.values()].flatMap((block) => block.cards).find((each) => each.key === objectKey);
  const expanded = view.expanded.includes(objectKey);
  const folds = expanded || (card !== null && card !== undefined && (card.folded > 0 || card.pods.length > 0 || card.tallies.length > 0 || card.look === "fold"));
  const focused = view.focus === objectKey;
  return (
    <div className={styles.actions}>
      <Button onClick={() => session.goal.set({ ids: [objectKey] })}>
        <Glyph name="map" size={14} /> Show
      </Button>
      <Button aria-pressed={focused} title="Only what is near it (f)" onClick={() => session.change({ focus: focused ? null : objectKey, depth: 1 })}>
        <Glyph name="focus" size={14} /> Focus
      </Button>
      {folds ? (
        <Button aria-pressed={expanded} title="Its folded objects as cards (Space)" onClick={() => session.toggleExpanded(objectKey)}>
          <Glyph name="unfold" size={14} /> {expanded ? "Fold" : "Expand"}
        </Button>
      ) : null}
    </div>
  );
}
