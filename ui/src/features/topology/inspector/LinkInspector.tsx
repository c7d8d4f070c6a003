import type { EdgeState } from "@/api/bindings/EdgeState";
import { useQuery } from "@tanstack/react-query";

import type { EdgeDetail } from "@/api/bindings/EdgeDetail";
import { api, asApiError } from "@/api/host";
import { FieldPath, HealthMark, Message } from "@/components";
import { plural } from "@/lib/age";
import { useStore } from "@/lib/store";
import { sentence } from "@/lib/text";

import { kindOf, nameOf } from "../keys";
import type { MapSession } from "../session";
import styles from "./Inspector.module.css";
import { foldName, isFold } from "./model";

const STATE_TEXT: Record<EdgeState, string> = {
  resolved: "both ends exist",
  missing: "the target does not exist",
  unknown: "the target cannot be seen",
};

/** Why an edge is there: rule, field path, both ends, state. */
export function LinkInspector({ session, from, to }: { session: MapSession; from: string; to: string }) {
  // As it was when the line was chosen: an explanation that changes while it is read helps nobody.
  const { picture } = session.feed.state.get();
  const query = useQuery({
    queryKey: ["edge", session.cluster, from, to, picture?.id, picture?.revision],
    queryFn: () => session.feed.ask((picture) => api.edgeDetail({ cluster: session.cluster, picture, from, to })),
    placeholderData: (previous) => previous,
    gcTime: 30_000,
  });
  const edges = query.data ?? [];
  return (
    <>
      <div className={styles.head}>
        <p className={styles.kind}>{edges.length > 1 ? plural(edges.length, "relation") : "Relation"}</p>
        <h2 className={styles.name}>Why is this here?</h2>
        <Ends session={session} from={from} to={to} />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={styles.body} tabIndex={0} role="group" aria-label="Relations">
        {query.isPending ? <Message tone="pending" title="Looking it up" /> : null}
        {query.error ? <Message tone="failing" title={query.error.message} detail={asApiError(query.error).detail} /> : null}
        {query.data && edges.length === 0 ? <Message title="This relation is gone">It was there when the map was drawn; the cluster has changed since.</Message> : null}
        {edges.map((edge) => <Edge key={`${edge.from}${edge.to}${edge.relation}${edge.label ?? ""}`} session={session} edge={edge} ends={edge.from !== from || edge.to !== to} />)}
      </div>
    </>
  );
}

function Ends({ session, from, to }: { session: MapSession; from: string; to: string }) {
  const { picture } = useStore(session.feed.state);
  return (
    <ul className={styles.ends}>
      {[from, to].map((key, at) => (
        <li key={key}>
          <span className={styles.quiet}>{at === 0 ? "from" : "to"}</span>
          <button type="button" className={styles.path} onClick={() => session.select(isObject(key) ? { sort: "object", key } : { sort: "block", id: key }, { go: true })}>
            {isFold(key) ? foldName(key, picture) : isObject(key) ? `${kindOf(key)} ${nameOf(key)}` : nameOf(key)}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Block ids look like `app:shop/cart`; object keys have four parts. */
function isObject(id: string): boolean {
  return id.split("/").length >= 4;
}

function Edge({ session, edge, ends }: { session: MapSession; edge: EdgeDetail; ends: boolean }) {
  const health = edge.state === "missing" ? "missing" : edge.state === "unknown" ? "unknown" : "ok";
  const notes = [
    edge.optional ? "it is optional: the object works without it" : null,
    edge.inferred ? "inferred from a name in a value, not from a reference" : null,
    edge.permitted === null ? null : edge.permitted ? "a ReferenceGrant permits it" : "no ReferenceGrant permits it",
  ].filter((note) => note !== null);
  return (
    <section className={styles.edge}>
      {ends && edge.standsFor === null ? <Ends session={session} from={edge.from} to={edge.to} /> : null}
      <p>{sentence(edge.explanation)}{edge.explanation.endsWith(".") ? "" : "."}</p>
      <p className={styles.health}>
        <HealthMark health={health} quiet /> {sentence(STATE_TEXT[edge.state])}
      </p>
      {edge.fields.length > 0 ? (
        <ul className={styles.fields} aria-label="Fields that say so">
          {edge.fields.map((field) => <li key={field}><code><FieldPath path={field} /></code></li>)}
        </ul>
      ) : null}
      {edge.standsFor === null ? null : (
        <>
          <p className={styles.quiet}>The line stands for {edge.standsFor}; the first:</p>
          <Ends session={session} from={edge.from} to={edge.to} />
        </>
      )}
      {notes.map((note) => <p key={note} className={styles.quiet}>{sentence(note)}.</p>)}
      <p className={styles.quiet}>
        Rule <code>{edge.relation}</code> · {edge.class}
        {edge.label ? ` · ${edge.label}` : ""}
      </p>
    </section>
  );
}
