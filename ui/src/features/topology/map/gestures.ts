/** Pointer, wheel and pinch on the map, turned into what is meant. What a wheel means is decided in one pure function. */

import type { Point } from "../picture/geometry";

export interface GestureHandlers {
  pan: (dx: number, dy: number) => void;
  zoom: (factor: number, at: Point) => void;
  hover: (at: Point | null) => void;
  /** The button went down: what is there is bound now, whatever moves under the pointer until it goes up. */
  press: (at: Point) => void;
  click: (at: Point) => void;
  double: (at: Point) => void;
  dragging: (active: boolean) => void;
}

type WheelMeaning = { sort: "zoom"; factor: number } | { sort: "pan"; dx: number; dy: number };

interface WheelInput {
  deltaX: number;
  deltaY: number;
  deltaMode: number;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

const LINE = 16;
const PAGE = 400;
/** Notches of a mouse's wheel come in large whole steps; a touchpad's movements are small or have two directions. */
const NOTCH = 50;

/** A pinch (which arrives as ctrl and wheel) and a mouse's wheel zoom; two fingers on a touchpad pan. */
export function wheelMeaning(event: WheelInput): WheelMeaning {
  const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? PAGE : 1;
  const dx = event.deltaX * unit;
  const dy = event.deltaY * unit;
  if (event.ctrlKey || event.metaKey) return { sort: "zoom", factor: Math.exp(-clamp(dy, 60) * 0.012) };
  if (event.shiftKey) return { sort: "pan", dx: -(dx || dy), dy: 0 };
  const notch = dx === 0 && Math.abs(dy) >= NOTCH && Number.isInteger(dy);
  if (notch || event.deltaMode !== 0) return { sort: "zoom", factor: Math.exp(-clamp(dy, 240) * 0.0018) };
  return { sort: "pan", dx: -dx, dy: -dy };
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

const CLICK_SLACK = 4;

/** How WebKit on macOS tells of a pinch on a touchpad; other engines turn one into ctrl and wheel. */
interface PinchEvent extends MouseEvent {
  /** Compared with the beginning of the pinch. */
  scale: number;
}

export function listenForGestures(host: HTMLElement, handlers: GestureHandlers): () => void {
  const pointers = new Map<number, Point>();
  let pressed: Point | null = null;
  let moved = false;
  let spread = 0;

  const place = (event: MouseEvent): Point => {
    const box = host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const down = (event: PointerEvent) => {
    if (event.button > 1) return;
    host.setPointerCapture(event.pointerId);
    const at = place(event);
    pointers.set(event.pointerId, at);
    if (pointers.size === 1) {
      pressed = at;
      moved = event.button === 1;
      handlers.press(at);
    } else {
      moved = true;
      spread = distance(pointers);
    }
  };

  const move = (event: PointerEvent) => {
    const at = place(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined || pressed === null) {
      handlers.hover(at);
      return;
    }
    if (!moved && Math.hypot(at.x - pressed.x, at.y - pressed.y) < CLICK_SLACK) return;
    if (!moved) handlers.dragging(true);
    const first = !moved;
    moved = true;
    pointers.set(event.pointerId, at);
    const share = 1 / pointers.size;
    const from = first ? pressed : before;
    handlers.pan((at.x - from.x) * share, (at.y - from.y) * share);
    if (pointers.size === 2) {
      const now = distance(pointers);
      if (spread > 0 && now > 0) handlers.zoom(now / spread, middle(pointers));
      spread = now;
    }
  };

  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size > 0) return;
    if (!moved && pressed !== null && event.type === "pointerup") handlers.click(pressed);
    if (moved) handlers.dragging(false);
    pressed = null;
  };

  const leave = () => {
    if (pointers.size === 0) handlers.hover(null);
  };
  const double = (event: MouseEvent) => handlers.double(place(event));
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const meaning = wheelMeaning(event);
    if (meaning.sort === "zoom") handlers.zoom(meaning.factor, place(event));
    else handlers.pan(meaning.dx, meaning.dy);
  };

  let scale = 1;
  const pinch = (event: Event) => {
    event.preventDefault();
    const now = (event as PinchEvent).scale;
    if (event.type === "gesturestart" || pointers.size > 0) scale = 1;
    else if (event.type === "gesturechange" && now > 0) {
      handlers.zoom(now / scale, place(event as PinchEvent));
      scale = now;
    }
  };

  const stop = new AbortController();
  const { signal } = stop;
  host.addEventListener("pointerdown", down, { signal });
  host.addEventListener("pointermove", move, { signal });
  host.addEventListener("pointerup", up, { signal });
  host.addEventListener("pointercancel", up, { signal });
  host.addEventListener("pointerleave", leave, { signal });
  host.addEventListener("dblclick", double, { signal });
  host.addEventListener("wheel", wheel, { signal, passive: false });
  for (const each of ["gesturestart", "gesturechange", "gestureend"]) host.addEventListener(each, pinch, { signal });
  return () => stop.abort();
}

function distance(pointers: Map<number, Point>): number {
  const [a, b] = [...pointers.values()];
  return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
}

function middle(pointers: Map<number, Point>): Point {
  const [a, b] = [...pointers.values()];
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0, y: 0 };
}
