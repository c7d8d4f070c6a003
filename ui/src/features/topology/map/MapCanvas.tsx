import { type KeyboardEvent, useEffect, useRef } from "react";

import { useKindIcons } from "@/components";
import { useHome } from "@/lib/layers";
import { useStore } from "@/lib/store";
import { theme } from "@/lib/theme";

import { readPalette } from "../paint/theme";
import type { Picture } from "../picture/types";
import { type MapSession, selectedId } from "../session";
import styles from "./MapCanvas.module.css";
import { MapEngine } from "./engine";
import { mapCommand } from "./keys";
import { type MapActor, clicked, doubled, hoverText, perform } from "./act";

/** The drawn map: an element for the engine, and the wires between it and the session. */
export function MapCanvas({ session, ready }: { session: MapSession; ready: (engine: MapEngine | null) => void }) {
  const host = useRef<HTMLDivElement>(null);
  const base = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const tip = useRef<HTMLDivElement>(null);
  const engine = useRef<MapEngine | null>(null);
  const lastKey = useRef("");
  const icons = useKindIcons();
  const look = useStore(theme);
  const selection = useStore(session.selection);
  const goal = useStore(session.goal);
  const traced = useStore(session.traced);
  const joined = useStore(session.joined);
  const governed = useStore(session.governed);
  const zoomed = useStore(session.zoom);
  useHome(host);

  useEffect(() => {
    const element = host.current;
    if (!element || !base.current || !overlay.current) return;
    let most = 0;
    const made = new MapEngine(element, base.current, overlay.current, readPalette(document.documentElement), {
      camera: ({ x, y, scale }) => {
        session.camera.set(engine.current?.eye.place ?? null);
        element.dataset.camera = `${x.toFixed(2)} ${y.toFixed(2)} ${scale.toFixed(5)}`;
        delete element.dataset.sharp;
      },
      hover: (hit, at) => {
        const text = hit && hoverText(hit, made.index, made.eye.camera.scale);
        element.style.cursor = hit && hit.sort !== "frame" && hit.sort !== "block" ? "pointer" : "";
        showTip(tip.current, text ?? "", at);
      },
      click: (hit) => clicked(session, hit),
      double: (hit) => doubled(actor(session, made), hit),
      painted: () => {
        const { picture } = session.feed.state.get();
        element.dataset.painted = String(picture?.number ?? 0);
        element.dataset.sharp = "";
        const cards = picture ? cardCount(picture) : 0;
        // Marks are kept by the browser for ever: one for each time that more is seen than before, not one a frame.
        if (cards > most) performance.mark("map.painted", { detail: { cards } });
        most = Math.max(most, cards);
      },
    });
    engine.current = made;
    const begun = session.camera.get();
    if (begun) made.eye.standAt(begun);
    ready(made);
    let view = session.view.get();
    made.eye.expect(null, view);
    // Before the picture of the new view can arrive.
    const stopLooking = session.view.subscribe(() => {
      const before = view;
      view = session.view.get();
      made.eye.expect(before, view);
    });
    const stopStanding = session.stance.subscribe(() => {
      const stance = session.stance.get();
      if (stance) made.eye.comeTo(stance.camera);
    });
    const stopListening = session.feed.listen((applied, changed) => made.setPicture(applied, changed));
    return () => {
      stopListening();
      stopLooking();
      stopStanding();
      session.camera.set(made.eye.place);
      made.destroy();
      engine.current = null;
      ready(null);
    };
  }, [session, ready]);

  useEffect(() => engine.current?.setIcons(icons), [icons]);
  useEffect(() => engine.current?.setPalette(readPalette(document.documentElement)), [look]);
  useEffect(() => {
    const selected = selectedId(selection);
    const selectedLink = selection?.sort === "link" ? selection : null;
    engine.current?.setMarks({ selected, selectedLink });
  }, [selection]);
  useEffect(() => engine.current?.setMarks({ traced }), [traced]);
  useEffect(() => engine.current?.setMarks({ joined }), [joined]);
  useEffect(() => engine.current?.setMarks({ governed }), [governed]);
  useEffect(() => {
    if (goal) engine.current?.eye.reveal(...goal.ids);
    session.goal.set(null);
  }, [session, goal]);

  useEffect(() => {
    const zoom = session.zoom.get();
    if (zoom?.do === "fit") engine.current?.eye.fit();
    else if (zoom) engine.current?.eye.zoomStep(zoom.do === "in" ? 1.3 : 1 / 1.3);
    session.zoom.set(null);
  }, [session, zoomed]);

  const press = (event: KeyboardEvent) => {
    const command = mapCommand(event, lastKey.current);
    lastKey.current = event.key;
    if (command === null || engine.current === null) return;
    event.preventDefault();
    perform(actor(session, engine.current), command);
  };
  // The keyboard comes here unasked as well: that it is here shows once it is used, not around every map that is opened.
  const byKeys = (used: boolean) => host.current?.toggleAttribute("data-keys", used);
  return (
    <div
      ref={host}
      className={styles.host}
      role="application"
      aria-label="Map of the cluster"
      aria-roledescription="map"
      aria-describedby="map-help"
      tabIndex={0}
      data-testid="map"
      data-aspect={session.view.get().aspect ?? undefined}
      onKeyDown={press}
      // The key that led here comes up here, after a search or by Tab.
      onKeyUp={() => byKeys(true)}
      onPointerDown={() => byKeys(false)}
      onFocus={() => engine.current?.setMarks({ focused: true })}
      onBlur={() => {
        byKeys(false);
        engine.current?.setMarks({ focused: false });
      }}
    >
      <canvas ref={base} className={styles.layer} aria-hidden />
      <canvas ref={overlay} className={styles.layer} aria-hidden />
      <div ref={tip} className={styles.tip} hidden />
      <p id="map-help" className="visually-hidden">
        Arrow keys go from object to object, Enter shows one, Space expands it. The outline beside the map holds the same objects as a tree.
      </p>
    </div>
  );
}

function cardCount(picture: Picture): number {
  let count = 0;
  for (const block of picture.blocks.values()) count += block.cards.length;
  return count;
}

function actor(session: MapSession, engine: MapEngine): MapActor {
  return { session, engine };
}

function showTip(tip: HTMLDivElement | null, text: string, at: { x: number; y: number } | null) {
  if (!tip) return;
  tip.hidden = text === "" || at === null;
  if (tip.hidden || at === null) return;
  tip.textContent = text;
  const room = tip.parentElement?.clientWidth ?? 0;
  tip.style.left = `${Math.min(at.x + 14, Math.max(0, room - tip.offsetWidth - 8))}px`;
  tip.style.top = `${at.y + 18}px`;
}
