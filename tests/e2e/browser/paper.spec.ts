import { readFile } from "node:fs/promises";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { useBrowser } from "../support/browser";
import { MAP, camera, cards, goTo, openMap, picture, settled } from "../support/map";

const { open } = useBrowser();

/** Side of the squares that are compared, in pixels: in them the antialiasing of letters evens out. */
const CELL = 6;
/** How far the mean of such a square may differ in one colour, of 255. */
const TOLERANCE = 30;
/** How much of a card hangs out below: badges and notes. */
const OVERHANG = 14;

/** A file of what the map shows. */
async function exported(page: Page, format: "png" | "svg", look: string): Promise<Buffer> {
  const panel = page.getByTestId("export");
  await panel.getByLabel("Format").selectOption(format);
  if (format === "png") await panel.getByLabel("Scale").selectOption("1");
  await panel.getByLabel("Look").selectOption(look);
  // Choices are remembered from one test to the next.
  await panel.getByRole("checkbox", { name: /^Nothing folded/ }).uncheck();
  await panel.getByRole("radio", { name: /^What the map shows/ }).check();
  const [download] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name: "Download" }).click()]);
  return await readFile(await download.path());
}

interface Compared {
  card: string;
  /** Where the card stands in the file, from where it stands on screen. */
  x: number;
  y: number;
  /** The largest difference of a square's mean in one colour. */
  worst: number;
}

for (const look of ["light", "dark"] as const) {
  test(`what is on screen lies on the file of the same picture, card by card, ${look}`, async () => {
    const page = await open({ colorScheme: look, viewport: { width: 1900, height: 1200 } });
    await openMap(page);
    // Cards with badges, pods and trouble stand around this one.
    await goTo(page, "storefront", "Deployment");
    await page.keyboard.press("Escape");
    await page.locator(MAP).focus();
    await page.keyboard.press("1");
    await page.mouse.move(0, 0);
    await settled(page);
    const eye = await camera(page);
    expect(eye.scale).toBe(1);
    const drawn = cards(await picture(page));
    const places = drawn.map(({ block, card }) => ({ key: card.key, x: block.box.x + card.box.x - eye.x, y: block.box.y + card.box.y - eye.y, width: card.box.width, height: card.box.height }));
    await page.getByRole("button", { name: "Export" }).click();
    // The policy of the page refuses styles of parsed documents; only places are read from this one.
    const svg = (await exported(page, "svg", look)).toString("utf8").replace(/<style>[^]*<\/style>/, "");
    const png = (await exported(page, "png", look)).toString("base64");
    const compared: Compared[] = await page.evaluate(
      async ({ svg, png, places, map, cell, overhang }) => {
        const canvas = document.querySelector(`${map} canvas`) as HTMLCanvasElement;
        const inFile = new Map<string, { x: number; y: number }>();
        for (const group of new DOMParser().parseFromString(svg, "image/svg+xml").querySelectorAll("g[id]")) {
          const rects = [...group.children].filter((child) => child.localName === "rect");
          const ground = rects.find((rect) => Number(rect.getAttribute("width")) > 100 && rect.getAttribute("class") !== "frame");
          if (!ground) continue;
          // The second of two grounds is the card itself.
          const own = group.querySelector("title")?.textContent && rects[0]?.getAttribute("class") === "fold" ? (rects[1] ?? ground) : ground;
          let x = Number(own.getAttribute("x")) - 0.5;
          let y = Number(own.getAttribute("y")) - 0.5;
          for (let around: Element | null = group; around; around = around.parentElement) {
            const [, dx = 0, dy = 0] = (/translate\(([-\d.]+) ([-\d.]+)\)/.exec(around.getAttribute("transform") ?? "") ?? []).map(Number);
            x += dx;
            y += dy;
          }
          inFile.set(group.id, { x, y });
        }
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        const { width, height } = canvas;
        const seen = places.filter((place) => place.x > 4 && place.y > 4 && place.x + place.width < width - 4 && place.y + place.height + overhang < height - 4 && inFile.has(place.key));
        const first = seen[0];
        if (!first) return [];
        const shift = inFile.get(first.key) as { x: number; y: number };
        const paper = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
        paper.drawImage(image, first.x - shift.x, first.y - shift.y);
        const screen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
        screen.drawImage(canvas, 0, 0);
        const means = (from: OffscreenCanvasRenderingContext2D, left: number, top: number) => {
          const { data } = from.getImageData(left, top, cell, cell);
          const sums = [0, 0, 0];
          for (let at = 0; at < data.length; at += 4) for (const colour of [0, 1, 2]) sums[colour] = (sums[colour] ?? 0) + (data[at + colour] ?? 0);
          const isFlat = data.every((value, at) => value === data[at % 4]);
          return { isFlat, colours: sums.map((sum) => sum / (cell * cell)) };
        };
        return seen.map((place) => {
          const at = inFile.get(place.key) as { x: number; y: number };
          let worst = 0;
          for (let top = Math.round(place.y); top + cell <= place.y + place.height + overhang; top += cell / 2) {
            for (let left = Math.round(place.x); left + cell <= place.x + place.width; left += cell / 2) {
              const [one, other] = [means(screen, left, top), means(paper, left, top)];
              const difference = Math.max(...[0, 1, 2].map((colour) => Math.abs((one.colours[colour] ?? 0) - (other.colours[colour] ?? 0))));
              // Where nothing is drawn but one colour, nothing evens out: it is the same colour.
              worst = Math.max(worst, one.isFlat && other.isFlat && difference > 1 ? 255 : difference);
            }
          }
          return { card: place.key, x: at.x - shift.x - (place.x - first.x), y: at.y - shift.y - (place.y - first.y), worst: Math.round(worst) };
        });
      },
      { svg, png, places, map: MAP, cell: CELL, overhang: OVERHANG },
    );
    expect(compared.length, "cards wholly on screen").toBeGreaterThan(12);
    expect(compared.filter(({ x, y }) => Math.hypot(x, y) > 0.1)).toEqual([]);
    expect(compared.filter(({ worst }) => worst > TOLERANCE)).toEqual([]);
  });
}
