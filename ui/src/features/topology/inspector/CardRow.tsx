import { HealthMark } from "@/components";

import { kindOf, nameOf } from "../keys";
import type { Card } from "../picture/types";
import type { MapSession } from "../session";
import styles from "./Inspector.module.css";
import { wrongWith } from "./model";

/** A card in a list of what is wrong: its health, its name, and why; leads to it, or to the pod in it that failed. */
export function CardRow({ session, card }: { session: MapSession; card: Card }) {
  const wrong = wrongWith(card);
  if (wrong === null) return null;
  const { key, name, health, reason } = wrong;
  return (
    <li className={styles.member}>
      <button type="button" className={styles.go} title={`${kindOf(key)} ${nameOf(key)} · ${reason}`} onClick={() => session.select({ sort: "object", key }, { go: true })}>
        <HealthMark health={health} />
        <span className={styles.memberName}>{name}</span>
        <span className={styles.quiet}>{reason}</span>
      </button>
    </li>
  );
}
