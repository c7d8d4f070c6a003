import { useId, useMemo, useRef, useState } from "react";

import type { Health } from "@/api/bindings/Health";
import type { KindStatus } from "@/api/bindings/KindStatus";
import { Button, Glyph, HEALTH, HEALTH_ORDER, HealthMark } from "@/components";
import { useEntered, useLayer } from "@/lib/layers";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import { filtersOf, toggled } from "../view";
import styles from "./Controls.module.css";

interface Choice<Id extends string> {
  id: Id;
  label: string;
  health?: Health;
}

interface FiltersProps {
  session: MapSession;
  kinds: readonly KindStatus[];
  /** All that are known, also those that the filter leaves out of the picture. */
  namespaces: readonly string[];
  open: boolean;
  setOpen: (open: boolean) => void;
}

/** Namespaces, kinds and states to show. */
export function Filters({ session, kinds, namespaces, open, setOpen }: FiltersProps) {
  const view = useStore(session.view);
  const panel = useRef<HTMLElement>(null);
  useLayer(open, () => setOpen(false));
  useEntered(open, panel);
  const kindChoices = useMemo(
    () => kinds.filter((kind) => kind.count > 0).map((kind) => ({ id: `${kind.group || "core"}/${kind.kind}`, label: kind.kind })).toSorted((a, b) => a.label.localeCompare(b.label)),
    [kinds],
  );
  const number = filtersOf({ ...view, problemsOnly: false, focus: null });
  return (
    <div className={styles.filters}>
      <button type="button" className={styles.filterButton} aria-expanded={open} aria-pressed={number > 0} onClick={() => setOpen(!open)}>
        <Glyph name="filter" size={14} />
        <span className={styles.spare}>Filter{number > 0 ? " · " : ""}</span>
        {number > 0 ? <span>{number}</span> : null}
      </button>
      {open ? (
        <section ref={panel} className={styles.panel} aria-label="Filters" tabIndex={-1}>
          <Choices title="Namespaces" all={namespaces.map((id) => ({ id, label: id }))} chosen={view.namespaces} choose={(id) => session.change({ namespaces: toggled(view.namespaces, id) })} />
          <Choices title="Kinds" all={kindChoices} chosen={view.kinds} choose={(id) => session.change({ kinds: toggled(view.kinds, id) })} />
          <Choices title="State" all={HEALTH_ORDER.map((health) => ({ id: health, label: HEALTH[health].label, health }))} chosen={view.health} choose={(id) => session.change({ health: toggled(view.health, id) })} />
          <div className={styles.panelFoot}>
            <label>
              <input type="checkbox" checked={view.expandAll} onChange={(event) => session.change({ expandAll: event.target.checked })} /> Draw everything as cards
            </label>
            <Button disabled={filtersOf(view) === 0} onClick={() => session.clearFilters()}>Clear</Button>
          </div>
        </section>
      ) : null}
    </div>
  );
}

function Choices<Id extends string>({ title, all, chosen, choose }: { title: string; all: Array<Choice<Id>>; chosen: readonly Id[]; choose: (id: Id) => void }) {
  const id = useId();
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  // What is chosen stays in the list, also when the cluster has it no more: else it could not be taken back.
  const known = [...all, ...chosen.filter((each) => !all.some((choice) => choice.id === each)).map((each) => ({ id: each, label: each }))] as Array<Choice<Id>>;
  const shown = known.filter((choice) => choice.label.toLowerCase().includes(wanted)).slice(0, 300);
  return (
    <fieldset className={styles.choices}>
      <legend>{title}{chosen.length > 0 ? ` · ${chosen.length}` : ""}</legend>
      {all.length > 12 ? <input type="search" aria-label={`Filter ${title.toLowerCase()}`} placeholder="Type to narrow" value={text} onChange={(event) => setText(event.target.value)} /> : null}
      <div className={styles.choiceList}>
        {shown.map((choice) => (
          <label key={choice.id} htmlFor={`${id}-${choice.id}`} title={choice.id}>
            <input id={`${id}-${choice.id}`} type="checkbox" checked={chosen.includes(choice.id)} onChange={() => choose(choice.id)} />
            {choice.health ? <HealthMark health={choice.health} quiet size={10} /> : null}
            <span>{choice.label}</span>
          </label>
        ))}
        {shown.length === 0 ? <p>None</p> : null}
      </div>
    </fieldset>
  );
}
