import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type RefObject, useDeferredValue, useId, useState } from "react";

import type { SearchHit } from "@/api/bindings/SearchHit";
import { api } from "@/api/client";
import { HealthMark } from "@/components";
import { useLayer } from "@/lib/layers";

import type { MapSession } from "../session";
import styles from "./Search.module.css";

const MOST_HITS = 40;

/** Finds any object and goes to the card that shows it. */
export function Search({ session, field }: { session: MapSession; field: RefObject<HTMLInputElement | null> }) {
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const query = useDeferredValue(text.trim());
  const hits = useQuery({
    queryKey: ["search", session.cluster, query],
    queryFn: ({ signal }) => api.objectSearch(session.cluster, query, MOST_HITS, signal),
    enabled: open && query !== "",
    placeholderData: keepPreviousData,
    staleTime: 2000,
    gcTime: 10_000,
  });
  const list = query === "" ? [] : (hits.data ?? []);
  const shown = open && query !== "";
  const close = () => {
    setOpen(false);
    field.current?.blur();
  };
  useLayer(open, close);

  const choose = (hit: SearchHit | undefined) => {
    if (!hit) return;
    // An object that the view leaves out has no card: it can be inspected all the same.
    session.select({ sort: "object", key: hit.key });
    session.goal.set({ id: hit.card ?? hit.key });
    setText("");
    close();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      setAt(Math.max(0, Math.min(list.length - 1, at + step)));
      event.preventDefault();
    } else if (event.key === "Enter") {
      choose(list[at]);
    }
  };
  return (
    <div className={styles.search}>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label="Find anything"
        aria-expanded={shown}
        aria-controls={`${id}-hits`}
        aria-activedescendant={shown && list[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="Find anything"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
          setOpen(true);
        }}
        onFocus={(event) => {
          setOpen(true);
          event.currentTarget.select();
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <kbd className={styles.key}>{/Mac/.test(navigator.userAgent) ? "⌘K" : "Ctrl K"}</kbd>
      <div id={`${id}-hits`} role="listbox" aria-label="Objects found" className={styles.hits} hidden={!shown}>
        {list.map((hit, place) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the field handles the keys
          <div
            key={hit.key}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === at}
            className={styles.hit}
            onMouseDown={(event) => event.preventDefault()}
            onMouseEnter={() => setAt(place)}
            onClick={() => choose(hit)}
          >
            <HealthMark health={hit.health} />
            <span className={styles.name}>{hit.name}</span>
            <span className={styles.quiet}>{[hit.kind, hit.namespace].filter(Boolean).join(" · ")}</span>
            <span className={styles.status}>{hit.status}</span>
          </div>
        ))}
        {shown && hits.error ? <p className={styles.note}>{hits.error.message}</p> : null}
        {shown && !hits.error && list.length === 0 ? <p className={styles.note}>{hits.isFetching ? "Looking…" : `Nothing is called “${query}”.`}</p> : null}
        {list.length === MOST_HITS ? <p className={styles.note}>The best {MOST_HITS} are listed; type more to narrow.</p> : null}
      </div>
    </div>
  );
}
