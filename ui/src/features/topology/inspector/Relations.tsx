import type { ObjectDetail } from "@/api/bindings/ObjectDetail";
import type { RelationGroup } from "@/api/bindings/RelationGroup";
import { Glyph, HealthMark, Message } from "@/components";
import { count, plural } from "@/lib/age";

import { withNamespace } from "../keys";
import type { MapSession } from "../session";
import styles from "./Inspector.module.css";

export function Relations({ session, detail }: { session: MapSession; detail: ObjectDetail }) {
  if (detail.relations.length === 0) {
    return <Message title="No relations">Nothing refers to it, and it refers to nothing that is known of.</Message>;
  }
  return detail.relations.map((group) => <RelationGroupList key={`${group.title}${group.class}`} session={session} subject={detail.key} group={group} />);
}

interface RelationGroupListProps {
  session: MapSession;
  subject: string;
  group: RelationGroup;
  /** How many to list; all that came where absent. */
  most?: number;
}

export function RelationGroupList({ session, subject, group, most }: RelationGroupListProps) {
  const shown = most === undefined ? group.members : group.members.slice(0, most);
  const rest = group.total - shown.length;
  return (
    <section className={styles.section}>
      <h3>{group.title}</h3>
      <ul>
        {shown.map((member) => {
          const near = member.near ?? subject;
          const [from, to] = group.incoming ? [member.key, near] : [near, member.key];
          return (
            <li key={member.key} className={styles.member}>
              <button type="button" className={styles.go} title={`${withNamespace(member.key, subject)} · ${member.caption}`} onClick={() => session.select({ sort: "object", key: member.key }, { go: true })}>
                <HealthMark health={member.state === "missing" ? "missing" : member.state === "unknown" ? "unknown" : member.health} />
                <span className={styles.memberName}>{withNamespace(member.key, subject)}</span>
                <span className={styles.quiet}>{member.caption}</span>
              </button>
              <button type="button" className={styles.why} aria-label={`Why is ${member.name} related?`} title="Why is this relation here?" onClick={() => session.select({ sort: "link", from, to })}>
                <Glyph name="help" size={14} />
              </button>
            </li>
          );
        })}
      </ul>
      {rest > 0 && most !== undefined ? (
        <button type="button" className={styles.more} onClick={() => session.tab.set("relations")}>
          {count(rest)} more
        </button>
      ) : null}
      {rest > 0 && most === undefined ? <p className={styles.quiet}>{plural(rest, "more object")} not listed; focus on this object to see them on the map.</p> : null}
    </section>
  );
}
