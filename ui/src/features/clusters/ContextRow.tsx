import { type ReactNode, useState } from "react";

import type { ContextSummary } from "@/api/bindings/ContextSummary";
import { Button, Glyph, HealthMark } from "@/components";
import { humanDuration } from "@/lib/age";
import { useNow } from "@/lib/clock";
import { sentence, toldInShort } from "@/lib/text";

import { ContextEditor } from "./ContextEditor";
import { contextTitle, probeLine } from "./model";
import { useProbe } from "./queries";
import styles from "./StartScreen.module.css";

interface ContextRowProps {
  context: ContextSummary;
  opening: boolean;
  open: () => void;
  /** Why it could not be opened. */
  children: ReactNode;
}

export function ContextRow({ context, opening, open, children }: ContextRowProps) {
  const [editing, setEditing] = useState(false);
  const [explained, setExplained] = useState(false);
  // Asking runs the program that logs in, which may open a browser or ask for a finger: only when the person wants it.
  const probe = useProbe(context.id, context.problem === null && context.plugin === null);
  const now = useNow();
  const isUnasked = context.plugin !== null && probe.isPending && !probe.isFetching;
  const health = context.problem === null ? probeLine(probe.data, probe.error?.message ?? null, isUnasked ? context.plugin : null) : { tone: "failing" as const, text: context.problem };
  const place = [context.server, context.namespace && `namespace ${context.namespace}`, context.user && `as ${context.user}`].filter(Boolean).join(" · ");
  const title = contextTitle(context);
  const { said, more } = toldInShort(health.text);
  return (
    <div className={styles.context} style={context.colour ? { borderLeftColor: context.colour } : undefined}>
      <div className={styles.line}>
        <button type="button" className={styles.open} onClick={open} disabled={opening || context.problem !== null}>
          <HealthMark health={health.tone} />
          <span className={styles.names}>
            <span className={styles.name}>
              {title}
              {context.tag ? <span className={styles.tag}>{context.tag}</span> : null}
              {context.current ? <span className={styles.quiet}>current</span> : null}
            </span>
            <span className={styles.quiet}>
              {context.alias ? `${context.name} · ` : ""}
              {place}
            </span>
          </span>
          <span className={styles.health} data-tone={health.tone} title={sentence(health.text)}>
            {opening ? "Opening…" : sentence(said)}
            {context.lastOpened === null ? null : <span className={styles.quiet}>opened {humanDuration(now - context.lastOpened)} ago</span>}
          </span>
        </button>
        {more === "" ? null : (
          <Button look="quiet" aria-label={`Why: ${title}`} title={sentence(more)} aria-expanded={explained} onClick={() => setExplained(!explained)}>
            Why
          </Button>
        )}
        {context.plugin !== null && context.problem === null ? (
          <Button look="quiet" aria-label={`Ask whether ${title} answers, which runs ${context.plugin}`} title={`Ask whether it answers; runs ${context.plugin}`} disabled={probe.isFetching} onClick={() => void probe.refetch()}>
            Ask
          </Button>
        ) : null}
        <Button look="quiet" aria-label={`Edit how ${title} is shown`} title="Alias, colour, tag, namespaces" aria-expanded={editing} onClick={() => setEditing(!editing)}>
          <Glyph name="pencil" size={14} />
        </Button>
      </div>
      {explained && more !== "" ? <p className={styles.more}>{sentence(more)}</p> : null}
      {children ? <div className={styles.refusal}>{children}</div> : null}
      {editing ? <ContextEditor context={context} done={() => setEditing(false)} /> : null}
    </div>
  );
}
