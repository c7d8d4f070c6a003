import { Button } from "@/components";
import { goHome } from "@/lib/layers";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { LENSES, fewInLens } from "../view";
import styles from "./Controls.module.css";

/** Says that (almost) nothing has a part in what the lens shows, and leads back. */
export function FewInLens({ session }: { session: MapSession }) {
  const { picture, waiting } = useStore(session.feed.state);
  const { lens } = useStore(session.view);
  const few = waiting || picture === null ? null : fewInLens(lens, picture);
  if (few === null) return null;
  const label = LENSES.find(({ id }) => id === lens)?.label ?? lens;
  return (
    <div className={styles.focus} role="status">
      <span className={styles.focusName}>{few === 0 ? <NoneIn lens={label} /> : <>Few have a part in the <strong>{label}</strong> lens: {few} {few === 1 ? "card" : "cards"}, the rest stands back</>}</span>
      <Button
        onClick={() => {
          session.change({ lens: "all" });
          goHome();
        }}
      >
        All relations
      </Button>
    </div>
  );
}

function NoneIn({ lens }: { lens: string }) {
  if (lens === "GitOps") return <>Nothing shown here was put there by Argo CD, Flux or Helm, as far as objects say</>;
  return <>Nothing shown here has a part in the <strong>{lens}</strong> lens</>;
}
