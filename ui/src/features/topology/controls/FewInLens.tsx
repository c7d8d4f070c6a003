import { useQuery } from "@tanstack/react-query";

import { api } from "@/api/host";
import { Button } from "@/components";
import { goHome } from "@/lib/layers";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { LENSES, fewInLens, noReleaseText } from "../view";
import styles from "./Controls.module.css";

/** How objects say that Helm manages them, whether or not the release that made them is seen. */
const BY_HELM = "app.kubernetes.io/managed-by=Helm";

/** As many as a search tells. */
const MOST_HITS = 500;

/** Says that (almost) nothing has a part in what the lens shows, and leads back. */
export function FewInLens({ session }: { session: MapSession }) {
  const { picture, waiting } = useStore(session.feed.state);
  const { lens } = useStore(session.view);
  const few = waiting || picture === null ? null : fewInLens(lens, picture);
  if (few === null) return null;
  const label = LENSES.find(({ id }) => id === lens)?.label ?? lens;
  return (
    <div className={styles.lensNotice} role="status">
      <span className={styles.focusName}>{few === 0 ? <NoneIn session={session} lens={label} /> : <>Few have a part in the <strong>{label}</strong> lens: {few} {few === 1 ? "card" : "cards"}, the rest stands back</>}</span>
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

function NoneIn({ session, lens }: { session: MapSession; lens: string }) {
  const byHelm = useQuery({
    queryKey: ["managed by Helm", session.cluster, session.feed.state.get().picture?.revision ?? 0],
    queryFn: () => api.objectSearch({ cluster: session.cluster, query: BY_HELM, limit: MOST_HITS }),
    enabled: lens === "GitOps",
    gcTime: 10_000,
  }).data;
  if (lens === "GitOps") return <>{noReleaseText(byHelm?.length ?? 0, MOST_HITS)}</>;
  return <>Nothing shown here has a part in the <strong>{lens}</strong> lens</>;
}
