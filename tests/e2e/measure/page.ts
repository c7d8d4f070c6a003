/** What runs inside a page that is measured. Sent there as text: nothing here may refer to anything outside its function. */

export interface Painted {
  /** Milliseconds since the epoch at which the picture that holds every card was painted, sharp and whole. */
  at: number;
  /** Milliseconds since the epoch at which the page began to load. */
  began: number;
  /** Cards of that picture. */
  cards: number;
}

/** The first painting of the most cards so far: the page marks each painting that shows more than those before. */
export function painted(): Painted | null {
  const last = performance.getEntriesByName("map.painted").at(-1) as PerformanceMark | undefined;
  const cards = Number((last?.detail as { cards?: number } | null)?.cards ?? 0);
  if (last === undefined || cards === 0) return null;
  return { at: performance.timeOrigin + last.startTime, began: performance.timeOrigin, cards };
}

export interface Pan {
  /** Milliseconds between one frame and the next. */
  frames: number[];
  /** The share of frames that showed everything sharp; in the others some of what came into view was still on its way. */
  whole: number;
  /** Pixels per unit at which it was panned. */
  scale: number;
  /** Pixels that the camera went. */
  way: number;
}

/**
 * Pans at natural size over parts that were not drawn before: from the upper left corner to the right, one screen down, to
 * the left, and so on, so many pixels a frame, by the wheel events that a touchpad sends.
 */
export async function pan(frames: number, step: number): Promise<Pan> {
  const map = document.querySelector<HTMLElement>("[data-testid=map]");
  if (map === null) throw new Error("there is no map");
  const next = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const camera = () => (map.dataset.camera ?? "").split(" ").map(Number) as [number, number, number];
  const wheel = (deltaX: number, deltaY: number) => {
    const box = map.getBoundingClientRect();
    const at = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
    map.dispatchEvent(new WheelEvent("wheel", { deltaX, deltaY, bubbles: true, cancelable: true, ...at }));
  };
  const rest = async () => {
    let still = 0;
    for (let before = ""; still < 30; before = map.dataset.camera ?? "") {
      await next();
      still = map.dataset.camera === before ? still + 1 : 0;
    }
  };
  map.focus();
  map.dispatchEvent(new KeyboardEvent("keydown", { key: "1", bubbles: true }));
  await rest();
  // One corner, in steps with a fraction: whole notches would zoom.
  for (let times = 0; times < 3; times += 1) {
    wheel(-100_000.5, -100_000.5);
    await rest();
  }
  let painted = 0;
  // The page says of each frame that shows everything sharp that it does, whatever it said before.
  const observer = new MutationObserver((changes) => {
    painted += changes.length;
  });
  observer.observe(map, { attributeFilter: ["data-painted"] });
  const [, , scale] = camera();
  const taken: number[] = [];
  let [x, y] = camera();
  let way = 0;
  let heading = 1;
  let down = 0;
  painted = 0;
  let last = await next();
  while (taken.length < frames) {
    if (down > 0) wheel(0.001, step + 0.5);
    else wheel(heading * step + 0.5, 0.001);
    down = Math.max(0, down - step);
    const now = await next();
    taken.push(now - last);
    last = now;
    const [nowX, nowY] = camera();
    const went = Math.hypot(nowX - x, nowY - y) * scale;
    way += went;
    // The edge of the map: one screen down, and back.
    if (went < step / 4 && down === 0 && taken.length > 2) {
      heading = -heading;
      down = map.clientHeight;
    }
    [x, y] = [nowX, nowY];
  }
  observer.disconnect();
  return { frames: taken, whole: painted / frames, scale, way };
}
