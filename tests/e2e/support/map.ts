/** Reads the same picture that the page draws, to know where on the screen a thing is, and points at it. */

import type { Page } from "playwright-core";
import { expect } from "vitest";

import type { View } from "../../../ui/src/api/bindings/View";
import { applyMessage } from "../../../ui/src/features/topology/picture/apply";
import { decode } from "../../../ui/src/features/topology/picture/decode";
import type { Point } from "../../../ui/src/features/topology/picture/geometry";
import type { Block, Card, Picture } from "../../../ui/src/features/topology/picture/types";
import { EMPTY_VIEW } from "../../../ui/src/features/topology/view";

export const MAP = "[data-testid=map]";
export const INSPECTOR = "[data-testid=inspector]";

/** The demo's map, drawn and at rest. Views are remembered between pages: they are put back first. */
export async function openMap(page: Page): Promise<void> {
  await page.waitForURL(/#\/(cluster\/|$)/);
  if (!page.url().includes("/cluster/")) await page.getByRole("button", { name: "Open the demo" }).click();
  await page.waitForSelector(`${MAP}[data-painted]`);
  await resetView(page);
  await settled(page);
}

/** Opens a context of the kubeconfig, from wherever the page is. */
export async function openContext(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Clusters" }).click();
  await page.getByRole("main").getByRole("button", { name: new RegExp(name) }).first().click();
}

/** Closes the cluster on screen as a person would, from the switcher. */
export async function closeCluster(page: Page, name: string): Promise<void> {
  await page.locator("header button[aria-haspopup=true]").click();
  await page.getByRole("button", { name: `Close ${name}` }).click();
  await page.getByRole("heading", { name: "Open a cluster" }).waitFor();
}

async function resetView(page: Page) {
  const all = page.getByRole("radio", { name: "All", exact: true });
  // Where the window is narrow the lenses are a list.
  if ((await all.count()) === 0) await page.getByRole("combobox", { name: "Lens" }).selectOption("all");
  else if ((await all.getAttribute("aria-checked")) !== "true") await all.click();
  const filter = page.getByRole("button", { name: /^Filter/ });
  if ((await filter.getAttribute("aria-pressed")) !== "true") return;
  await filter.click();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await filter.click();
}

/** Waits until the camera has stood still and all on screen is painted. */
export async function settled(page: Page): Promise<void> {
  let before = "";
  await expect
    .poll(
      async () => {
        const now = await cameraText(page);
        const still = now === before && now !== "" && (await page.getAttribute(MAP, "data-sharp")) !== null;
        before = now;
        return still;
      },
      { interval: 200, timeout: 15_000 },
    )
    .toBe(true);
}

async function cameraText(page: Page): Promise<string> {
  return (await page.getAttribute(MAP, "data-camera")) ?? "";
}

export async function camera(page: Page): Promise<Point & { scale: number }> {
  const [x = 0, y = 0, scale = 1] = (await cameraText(page)).split(" ").map(Number);
  return { x, y, scale };
}

/** The picture of a view, over a stream of its own. */
export async function picture(page: Page, view: View = EMPTY_VIEW): Promise<Picture> {
  const laidOut = await page.getAttribute(MAP, "data-aspect");
  const asPage = { ...view, aspect: laidOut === null ? null : Number(laidOut) };
  const text = await page.evaluate(async (asked) => {
    const cluster = decodeURIComponent(location.hash.split(/[/?]/)[2] ?? "");
    const url = new URL("/api/v1/stream", location.href);
    url.protocol = "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    const message = await new Promise<ArrayBuffer>((resolve, reject) => {
      socket.addEventListener("open", () => {
        socket.send(JSON.stringify({ token: sessionStorage.getItem("token") }));
        socket.send(JSON.stringify({ open: { id: 1, stream: "picture", request: { cluster, view: asked, resume: null } } }));
      });
      socket.addEventListener("message", ({ data }) => (data instanceof ArrayBuffer ? resolve(data.slice(4)) : reject(new Error(String(data)))));
      socket.addEventListener("error", () => reject(new Error("the stream cannot be opened")));
    });
    socket.close();
    return Array.from(new Uint8Array(message), (byte) => String.fromCharCode(byte)).join("");
  }, asPage);
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return applyMessage(null, decode(bytes.buffer)).picture;
}

export function cards(drawn: Picture): Array<{ block: Block; card: Card }> {
  return [...drawn.blocks.values()].flatMap((block) => block.cards.map((card) => ({ block, card })));
}

export function find(drawn: Picture, wanted: (card: Card) => boolean): { block: Block; card: Card } {
  const found = cards(drawn).find(({ card }) => wanted(card));
  if (!found) throw new Error("the picture has no such card");
  return found;
}

/** A point of the plane as a point of the page. */
export async function onPage(page: Page, at: Point): Promise<Point> {
  const eye = await camera(page);
  const box = await page.locator(MAP).boundingBox();
  if (!box) throw new Error("the map is not on the page");
  return { x: box.x + (at.x - eye.x) * eye.scale, y: box.y + (at.y - eye.y) * eye.scale };
}

/** Where to press to hit a card's name, absolute on the plane. */
export function onCard({ block, card }: { block: Block; card: Card }): Point {
  return { x: block.box.x + card.box.x + card.box.width / 2, y: block.box.y + card.box.y + 20 };
}

export async function press(page: Page, at: Point): Promise<void> {
  const { x, y } = await onPage(page, at);
  await page.mouse.click(x, y);
}

/** Brings a card near enough that everything on it can be hit, through the search that a person would use. */
export async function goTo(page: Page, name: string, kind: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.keyboard.insertText(name);
  await page.getByRole("option").filter({ hasText: kind }).filter({ hasText: name }).first().click();
  await settled(page);
}
