import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, type ReactNode, type RefObject, useDeferredValue, useId, useState } from "react";

import type { SearchHit } from "@/api/bindings/SearchHit";
import { api } from "@/api/host";
import { HealthMark } from "@/components";
import { goHome, useLayer } from "@/lib/layers";
import { useStore } from "@/lib/store";

import type { MapSession } from "../session";
import styles from "./ObjectSearch.module.css";

const MOST_HITS = 40;

interface ObjectSearchProps {
  session: MapSession;
  field: RefObject<HTMLInputElement | null>;
  label: string;
  /** What stands at the field's right end. */
  hint?: ReactNode;
  /** The list is as wide as the field, not wider. */
  narrow?: boolean;
  choose: (hit: SearchHit) => void;
}

/** A field that finds objects by name, `ns/name`, `deploy/name`, state or label, best first. */
export function ObjectSearch({ session, field, label, hint, narrow, choose }: ObjectSearchProps) {
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const query = useDeferredValue(text.trim());
  const { picture } = useStore(session.feed.state);
  const hits = useQuery({
    queryKey: ["search", session.cluster, picture?.id, query],
    queryFn: ({ signal }) => session.feed.ask((picture) => api.objectSearch({ cluster: session.cluster, picture, query, limit: MOST_HITS }, signal)),
    enabled: open && query !== "",
    placeholderData: keepPreviousData,
    staleTime: 2000,
    gcTime: 10_000,
  });
  const list = query === "" ? [] : (hits.data ?? []);
  const shown = open && query !== "";
  useLayer(
    open,
    () => {
      setText("");
      setOpen(false);
    },
    { holds: false },
  );

  const take = (hit: SearchHit | undefined) => {
    if (!hit) return;
    setText("");
    setOpen(false);
    choose(hit);
    // What was chosen is on the map, and so are the keys for it.
    goHome();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = Math.max(0, Math.min(list.length - 1, at + step));
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "Enter") {
      take(list[at]);
    }
  };
  const note = () => {
    if (!shown) return "";
    if (hits.error) return hits.error.message;
    if (list.length === MOST_HITS) return `The best ${MOST_HITS} are listed; type more to narrow.`;
    if (list.length > 0) return "";
    return hits.isFetching ? "Looking…" : `Nothing is called “${query}”.`;
  };
  const said = note();
  return (
    <div className={styles.search} data-hint={hint !== undefined}>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-hits`}
        aria-activedescendant={shown && list[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={label}
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
      {hint}
      <div className={styles.hits} data-narrow={narrow} hidden={!shown}>
        <div id={`${id}-hits`} role="listbox" aria-label="Objects found" hidden={list.length === 0}>
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
              onClick={() => take(hit)}
            >
              <HealthMark health={hit.health} />
              <span className={styles.name} title={hit.name}>
                {hit.name}
              </span>
              <span className={styles.quiet}>{[hit.kind, hit.namespace].filter(Boolean).join(" · ")}</span>
              {narrow ? null : <span className={styles.status}>{hit.status}</span>}
            </div>
          ))}
        </div>
        <p className={styles.note} role="status" hidden={said === ""}>
          {said}
        </p>
      </div>
    </div>
  );
}
