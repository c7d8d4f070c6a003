import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";

import { HEALTH, HealthMark, KindIcon, Side } from "@/components";
import { count } from "@/lib/age";
import { useStore } from "@/lib/store";

import { type MapSession, type Selection, selectedId } from "../session";
import styles from "./Outline.module.css";
import { type Row, ancestorsOf, firstOpen, rowsOf, treeStep, typedAhead } from "./model";

const ROW_HEIGHT = 26;
const TYPING_MILLIS = 700;

/** The map as a tree: for the keyboard, for screen readers, and for whoever likes lists. */
export function Outline({ session }: { session: MapSession }) {
  const { picture } = useStore(session.feed.state);
  const selection = useStore(session.selection);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [current, setCurrent] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  /** Whether what is open at first has been opened: a selection that is there before opens only what it needs. */
  const begun = useRef(false);
  const typed = useRef({ text: "", at: 0 });
  const { problemsOnly } = useStore(session.view);
  const rows = useMemo(() => (picture ? rowsOf(picture, open, problemsOnly ? "worst" : "name") : []), [picture, open, problemsOnly]);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
  const frames = picture?.frames.length;
  const selected = selectedId(selection);
  const active = rows.some((row) => row.id === current) ? current : (rows[0]?.id ?? null);

  const at = rows.findIndex((row) => row.id === active);

  const isKnown = picture !== null;
  // Only a new selection opens the tree, or the first picture after it: one that changes beneath must not undo what the person closed.
  useEffect(() => {
    const { picture: now } = session.feed.state.get();
    if (selected === null || now === null || !isKnown) return;
    const above = ancestorsOf(now, selected);
    setOpen((before) => (above.every((id) => before.has(id)) ? before : new Set([...before, ...above])));
    setCurrent(selected);
  }, [session, selected, isKnown]);
  useEffect(() => {
    if (frames === undefined) return;
    const isFirst = !begun.current;
    begun.current ||= frames > 0;
    setOpen((before) => (before.size > 0 && !isFirst ? before : new Set([...before, ...firstOpen(session.feed.state.get().picture)])));
  }, [session, frames]);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at);
  }, [at, virtual]);

  const set = (id: string, isOpen: boolean) =>
    setOpen((before) => {
      const after = new Set(before);
      if (isOpen) after.add(id);
      else after.delete(id);
      return after;
    });
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      const row = rows.find((each) => each.id === active);
      if (row) choose(session, row, event.key === "Enter");
      event.preventDefault();
      return;
    }
    const step = treeStep(rows, active, event.key) ?? ahead(rows, active, event.key, typed.current);
    if (step === null) return;
    event.preventDefault();
    if ("go" in step) setCurrent(step.go);
    else if ("open" in step) set(step.open, true);
    else set(step.close, false);
  };
  return (
    <Side name="Outline" edge="left" memory="panels.outline" element="nav" className={styles.outline}>
      <div className={styles.head}>
        <h2>Outline</h2>
        <span title="Objects on the map">{picture ? count(picture.counts.objects) : ""}</span>
      </div>
      {picture && rows.length === 0 ? <p className={styles.nothing}>Nothing is drawn.</p> : null}
      {/* A tree without items is none. */}
      <div
        ref={scroller}
        className={styles.tree}
        hidden={rows.length === 0}
        role="tree"
        aria-label="Objects on the map"
        aria-activedescendant={active === null ? undefined : rowId(active)}
        tabIndex={0}
        onKeyDown={press}
      >
        <div style={{ height: virtual.getTotalSize(), position: "relative" }} role="presentation">
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <OutlineRow key={row.id} row={row} top={item.start} active={row.id === active} selected={row.id === selected} toggle={(isOpen) => set(row.id, isOpen)} choose={() => choose(session, row)} />
            ) : null;
          })}
        </div>
      </div>
    </Side>
  );
}

interface OutlineRowProps {
  row: Row;
  top: number;
  active: boolean;
  selected: boolean;
  toggle: (open: boolean) => void;
  choose: () => void;
}

function OutlineRow({ row, top, active, selected, toggle, choose }: OutlineRowProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the tree itself handles the keys
    <div
      id={rowId(row.id)}
      role="treeitem"
      className={styles.row}
      style={{ top, paddingLeft: 2 + row.level * 16 }}
      aria-level={row.level}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-expanded={row.open ?? undefined}
      aria-selected={selected}
      data-active={active}
      title={[[row.kind, row.title].filter(Boolean).join(" "), row.caption].filter(Boolean).join(" · ")}
      tabIndex={-1}
      onClick={choose}
    >
      {row.open === null ? null : (
        <button
          type="button"
          className={styles.twist}
          data-open={row.open}
          tabIndex={-1}
          aria-hidden
          onClick={(event) => {
            event.stopPropagation();
            toggle(!row.open);
          }}
        />
      )}
      <HealthMark health={row.health} quiet size={10} />
      {row.icon === "" ? null : <KindIcon name={row.icon} />}
      <span className={styles.title}>
        <span className={styles.beginning}>{row.cut.head}</span>
        {row.cut.tail === "" ? null : <span>{row.cut.tail}</span>}
      </span>
      {row.namesake ? <span className={styles.kind}>{row.kind}</span> : null}
      {row.count === null ? null : <span className={styles.count}>{count(row.count)}</span>}
      <span className="visually-hidden">
        {row.kind === "" || row.namesake ? "" : `, ${row.kind}`}, {HEALTH[row.health].label}
        {row.caption ? `, ${row.caption}` : ""}
      </span>
    </div>
  );
}

/** Enter goes on into what is told of it; Space and the pointer stay. */
function choose(session: MapSession, row: Row, enter = false) {
  const selection: Selection = row.sort === "frame" || row.sort === "block" ? { sort: row.sort, id: row.id } : { sort: "object", key: row.id };
  session.select(selection, { go: true, enter });
}

function rowId(id: string): string {
  return `outline-${id.replaceAll(/\s/g, "_")}`;
}

function ahead(rows: Row[], active: string | null, key: string, typed: { text: string; at: number }) {
  if (key.length !== 1) return null;
  const now = performance.now();
  typed.text = now - typed.at < TYPING_MILLIS ? typed.text + key : key;
  typed.at = now;
  const id = typedAhead(rows, active, typed.text);
  return id === null ? null : { go: id };
}
