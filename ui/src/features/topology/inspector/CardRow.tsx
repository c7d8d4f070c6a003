import { HealthMark } from "@/components";

import { kindOf, nameOf } from "../keys";
import type { Card } from "../picture/types";
import type { MapSession } from "../session";
import styles from "./Inspector.module.css";

/** A card in a list: its health, its name, what is wrong with it; leads to it. */
export function CardRow({ session, card }: { session: MapSession; card: Card }) {
  return (
    <li className={styles.member}>
      <button type="button" className={styles.go} title={`${kindOf(card.key)} ${nameOf(card.key)} · ${card.caption}`} onClick={() => session.select({ sort: "object", key: card.key }, { go: true })}>
        <HealthMark health={card.health} />
        <span className={styles.memberName}>{card.fullName ?? card.name}</span>
        <span className={styles.quiet}>{card.caption || kindOf(card.key)}</span>
      </button>
    </li>
  );
}
