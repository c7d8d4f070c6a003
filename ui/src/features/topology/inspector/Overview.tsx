import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import type { WireEvidence } from "@/api/bindings/WireEvidence";
import type { WireFinding } from "@/api/bindings/WireFinding";
import { FieldPath } from "@/components";
import { useNow } from "@/lib/clock";
import { sentence } from "@/lib/text";

import { kindOf, nameOf } from "../keys";
import type { MapSession } from "../session";
import styles from "./Inspector.module.css";
import { RelationGroupList } from "./Relations";
import { facts, leadsElsewhere, presenceText } from "./model";

const FIRST_MEMBERS = 5;

/** What it is, why it is not well, and its nearest relations, in this order. */
export function Overview({ session, detail }: { session: MapSession; detail: ObjectDetail }) {
  const now = useNow();
  const presence = presenceText(detail, now);
  return (
    <>
      {presence ? <p className={styles.presence} data-presence={detail.presence}>{presence}</p> : null}
      {detail.findings.length > 0 ? <Findings session={session} subject={detail.key} findings={detail.findings} /> : null}
      {detail.relations.map((group) => (
        <RelationGroupList key={`${group.title}${group.class}`} session={session} subject={detail.key} group={group} most={FIRST_MEMBERS} />
      ))}
      <section className={styles.section}>
        <h3>About</h3>
        <dl className={styles.facts}>
          {facts(detail, now).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd title={name === "Age" ? (detail.created ?? undefined) : undefined}>{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      {detail.labels.length > 0 ? (
        <section className={styles.section}>
          <h3>Labels</h3>
          <ul className={styles.labels}>
            {detail.labels.map(([name, value]) => (
              <li key={name}>
                <code>{name}{value ? `=${value}` : ""}</code>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

function Findings({ session, subject, findings }: { session: MapSession; subject: string; findings: WireFinding[] }) {
  return (
    <section className={styles.findings} data-health={findings[0]?.health} aria-labelledby="why">
      <h3 id="why">Why it is not healthy</h3>
      {findings.map((finding) => (
        <div key={`${finding.subject}${finding.sentence}`} className={styles.finding}>
          <p>{sentence(finding.sentence)}{/[.!?]$/.test(finding.sentence) ? "" : "."}</p>
          <ul>
            {finding.evidence.map((piece) => (
              <li key={`${piece.object}${piece.at}${piece.text}`} className={styles.evidence}>
                <Place session={session} subject={subject} piece={piece} />
                <span>{piece.source === "field" ? piece.text : [piece.at, piece.text].filter(Boolean).join(" ")}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

/** Where a piece of evidence stands: a button where that is another object than the one shown. */
function Place({ session, subject, piece }: { session: MapSession; subject: string; piece: WireEvidence }) {
  const name = `${kindOf(piece.object)} ${nameOf(piece.object)}`;
  const place = piece.source === "field" ? <FieldPath path={piece.at} /> : name;
  if (!leadsElsewhere(subject, piece)) return <span className={styles.path} title={name}>{place}</span>;
  return (
    <button type="button" className={styles.path} title={name} onClick={() => session.select({ sort: "object", key: piece.object }, { go: true })}>
      {place}
    </button>
  );
}
