import { CloseButton, HEALTH, Message, Side, isProblem } from "@/components";
import { count } from "@/lib/age";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { CardRow } from "./CardRow";
import styles from "./Inspector.module.css";
import { countLines, reasonsOf } from "./model";

/** More applications than this in trouble are counted, not listed. */
const MOST = 100;

/** Beside a map of problems: what is wrong in the whole cluster, the worst first, and causes before what they cause. */
export function ReasonsPanel({ session, close }: { session: MapSession; close: () => void }) {
  const { picture } = useStore(session.feed.state);
  if (picture === null) return null;
  const groups = reasonsOf(picture);
  const counted = countLines(picture.counts).filter(({ health }) => isProblem(health));
  return (
    <Side name="Reasons" edge="right" memory="panels.right" className={styles.inspector} testId="reasons">
      <div className={styles.corner}>
        <CloseButton label="Close what is wrong" close={close} />
      </div>
      <div className={styles.head}>
        <p className={styles.kind}>Whole cluster</p>
        <h2 className={styles.name}>What is wrong</h2>
        <p className={styles.quiet}>{counted.map(({ health, count: number }) => `${count(number)} ${HEALTH[health].label.toLowerCase()}`).join(" · ")}</p>
      </div>
      <div className={styles.body}>
        {groups.length === 0 ? <Message title="Nothing is wrong">No object that can be seen is broken, degraded or waiting.</Message> : null}
        {groups.slice(0, MOST).map(({ block, title, cards }) => (
          <section key={block.id} className={styles.section}>
            <h3>{title}</h3>
            <ul>
              {cards.map((card) => (
                <CardRow key={card.key} session={session} card={card} />
              ))}
            </ul>
          </section>
        ))}
        {groups.length > MOST ? <p className={styles.quiet}>{count(groups.length - MOST)} more applications; the outline lists them.</p> : null}
      </div>
    </Side>
  );
}
