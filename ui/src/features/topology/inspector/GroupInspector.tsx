import { Button, HEALTH, HealthMark, Message } from "@/components";
import { count } from "@/lib/age";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { CardRow } from "./CardRow";
import styles from "./Inspector.module.css";
import { countLines, problemCards } from "./model";

const MOST_PROBLEMS = 60;

/** A namespace, lane or application: how many objects in which state, and what is wrong inside. */
export function GroupInspector({ session, id }: { session: MapSession; id: string }) {
  const { picture } = useStore(session.feed.state);
  const frame = picture?.frames.find((each) => each.id === id);
  const block = picture?.blocks.get(id);
  const group = frame ?? block;
  if (!picture || !group) {
    return <div className={styles.body}><Message title="Not on the map">It is not part of what the map shows; the filters may leave it out.</Message></div>;
  }
  const namespace = frame?.id.startsWith("ns:") ? frame.id.slice(3) : null;
  const problems = problemCards(picture, id);
  return (
    <>
      <div className={styles.head}>
        <p className={styles.kind}>{block ? "Application" : namespace === null ? "Cluster-wide" : "Namespace"}</p>
        <h2 className={styles.name}>{group.title || frame?.title}</h2>
        <p className={styles.quiet}>{group.subtitle}</p>
        <div className={styles.actions}>
          <Button onClick={() => session.goal.set({ ids: [id] })}>Show</Button>
          {namespace === null ? null : (
            <>
              <Button onClick={() => session.change({ namespaces: [namespace] })}>Only this namespace</Button>
              <Button onClick={() => session.select({ sort: "object", key: `core/Namespace//${namespace}` })}>Object</Button>
            </>
          )}
        </div>
      </div>
      <div className={styles.body}>
        <section className={styles.section}>
          <h3>Objects by state</h3>
          <ul>
            {countLines(group.counts).map(({ health, count: number }) => (
              <li key={health} className={styles.line}>
                <HealthMark health={health} quiet /> <span className={styles.memberName}>{HEALTH[health].label}</span> {count(number)}
              </li>
            ))}
          </ul>
        </section>
        {problems.length > 0 ? (
          <section className={styles.section}>
            <h3>What is wrong inside</h3>
            <ul>
              {problems.slice(0, MOST_PROBLEMS).map((card) => (
                <CardRow key={card.key} session={session} card={card} />
              ))}
            </ul>
            {problems.length > MOST_PROBLEMS ? <p className={styles.quiet}>{count(problems.length - MOST_PROBLEMS)} more; “Problems only” shows them all.</p> : null}
          </section>
        ) : null}
      </div>
    </>
  );
}
