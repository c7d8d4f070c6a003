import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { announcement } from "./announce";

/** Says what is selected to who does not see the map. */
export function Announcer({ session }: { session: MapSession }) {
  const selection = useStore(session.selection);
  const { picture } = useStore(session.feed.state);
  return (
    <p className="visually-hidden" aria-live="polite" aria-atomic data-testid="announced">
      {announcement(selection, picture)}
    </p>
  );
}
