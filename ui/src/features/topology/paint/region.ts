/** Draws a rectangle of the plane: the one place that knows what lies above what. */

import { showsCards, showsMembers } from "../map/level";
import type { Spatial } from "../map/spatial";
import { type Box, grown, overlaps, shifted } from "../picture/geometry";
import type { Block } from "../picture/types";
import { drawAside } from "./aside";
import { drawCards } from "./cards";
import { drawBlockTitles, drawBlocks, drawFrameTitles, drawFrames } from "./frames";
import { drawLinkLabels, drawLinks } from "./links";
import type { Pen } from "./pen";

/** Texts, badges and arrow heads reach this many pixels beyond their boxes. */
const OVERHANG_PIXELS = 24;

/** The context must be scaled so that a unit is a unit; `area` is in units. */
export function drawRegion(pen: Pen, spatial: Spatial, area: Box) {
  const { context, palette } = pen;
  context.fillStyle = palette.page;
  context.fillRect(area.x, area.y, area.width, area.height);
  const wide = grown(area, Math.max(OVERHANG_PIXELS / pen.scale, OVERHANG_PIXELS));
  const frames = spatial.framesIn(wide);
  const blocks = spatial.blocksIn(wide);
  const links = pen.level === "far" ? [] : spatial.linksIn(wide);
  drawFrames(pen, frames);
  // From the middle distance lines run behind the applications, so that none crosses a name.
  if (!showsCards(pen.level)) drawLinks(pen, links, "between");
  drawBlocks(pen, blocks);
  for (const block of blocks) {
    if (showsMembers(block, pen.level, pen.scale)) drawBlockCards({ ...pen, level: "compact" }, block, wide);
  }
  if (showsCards(pen.level)) {
    drawLinks(pen, links, "between");
    if (pen.level === "near") drawLinkLabels(pen, links, "between");
    for (const block of blocks) drawBlockCards(pen, block, wide);
  }
  drawBlockTitles(pen, blocks);
  drawFrameTitles(pen, frames);
}

/** Cards of a block and the lines among them, as far as they lie in this area. */
function drawBlockCards(pen: Pen, block: Block, area: Box) {
  const { context } = pen;
  const inside = shifted(area, { x: -block.box.x, y: -block.box.y });
  const cards = block.cards.filter((card) => overlaps(card.box, inside));
  const links = block.links.filter((link) => overlaps(link.box, inside));
  context.save();
  context.translate(block.box.x, block.box.y);
  drawLinks(pen, links, "inside");
  drawAside(pen, () => drawCards(pen, cards.filter((card) => card.aside), block));
  drawCards(pen, cards.filter((card) => !card.aside), block);
  if (pen.level === "near") drawLinkLabels(pen, links, "inside");
  context.restore();
}
