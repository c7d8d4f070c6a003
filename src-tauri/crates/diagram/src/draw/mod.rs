//! From the scene to strokes: what every drawn format (SVG, PNG, PDF) puts on paper, in the same order and place.
//!
//! The parts of the picture call a [`Pen`]; a format is a pen. Nothing here knows a format, and no pen knows a card.

mod card;
mod frame;
pub(crate) mod ink;
mod legend;
mod link;
mod pods;
mod sheet;

use model::Health;

use crate::export::{Look, Progress, Stopped};
use crate::icons::Icon;
use crate::scene::{Point, Rect, Scene};
use ink::{Ink, Type};

pub(crate) use legend::{height as legend_height, legend};
pub(crate) use link::{Rounded, rounded};
pub(crate) use sheet::Sheet;

/// What a format must be able to do. Coordinates are relative to the innermost open group.
pub(crate) trait Pen {
    /// Begins a group: its id and tooltip (either may be empty) and where its origin lies in the group around it.
    fn open(&mut self, id: &str, title: &str, origin: Point);
    /// Begins a group of what stands back: [`crate::theme::ASIDE`] is left of it.
    fn open_aside(&mut self);
    /// Ends the innermost group.
    fn close(&mut self);
    /// A rectangle with round corners.
    fn rect(&mut self, ink: &'static Ink, rect: Rect, radius: f32);
    /// An open line through the points, its corners rounded by up to `radius`.
    fn line(&mut self, ink: &'static Ink, points: &[Point], radius: f32);
    /// A closed polygon.
    fn polygon(&mut self, ink: &'static Ink, points: &[Point]);
    /// A kind's icon with its field's top left at `at`.
    fn icon(&mut self, ink: &'static Ink, icon: &'static Icon, at: Point);
    /// A state's shape with its field's top left at `at`, the field 12 × `scale` wide.
    fn mark(&mut self, health: Health, at: Point, scale: f32);
    /// A line of text on the baseline through `at`.
    fn text(&mut self, kind: &'static Type, at: Point, anchor: Anchor, text: &str);
}

/// Which part of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// The part of the sheet that is wanted; everything that does not touch it is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window(pub(crate) Option<Rect>);

impl Window {
    /// The same window seen from a group at `origin`.
    fn within(self, origin: Point) -> Self {
        Self(self.0.map(|rect| Rect { x: rect.x - origin.x, y: rect.y - origin.y, ..rect }))
    }

    /// Whether anything in this box, or hanging out of it by a badge's or arrow's size, can be seen.
    fn sees(self, rect: &Rect) -> bool {
        const MARGIN: f32 = 24.0;
        self.0.is_none_or(|window| {
            rect.x - MARGIN <= window.right()
                && rect.right() + MARGIN >= window.x
                && rect.y - MARGIN <= window.bottom()
                && rect.bottom() + MARGIN >= window.y
        })
    }
}

/// Draws the scene on its sheet, or the part of it inside `window`.
///
/// # Errors
/// Where `progress`, told the share done after every block, says stop.
pub(crate) fn draw(
    scene: &Scene,
    sheet: &Sheet,
    look: &Look,
    window: Window,
    pen: &mut dyn Pen,
    progress: Progress<'_>,
) -> Result<(), Stopped> {
    sheet.paper(pen);
    pen.open("", "", sheet.body);
    let inner = window.within(sheet.body);
    for frame in scene.frames.iter().filter(|frame| inner.sees(&frame.rect)) {
        frame::frame(frame, pen);
    }
    for placed in &scene.blocks {
        let block = &placed.block;
        let rect = Rect { x: placed.origin.x, y: placed.origin.y, width: block.width, height: block.height };
        if inner.sees(&rect) {
            frame::block_ground(placed, pen);
        }
    }
    // Between the grounds and the cards: a line between groups may pass behind a card, never over its text.
    link::links(&scene.links, ink::Place::Between, inner, pen);
    for (done, placed) in scene.blocks.iter().enumerate() {
        progress.report(done, scene.blocks.len())?;
        let block = &placed.block;
        let rect = Rect { x: placed.origin.x, y: placed.origin.y, width: block.width, height: block.height };
        if inner.sees(&rect) {
            frame::block(placed, inner.within(placed.origin), pen);
        }
    }
    for link in &scene.links {
        link::label(link, ink::Place::Between, inner, pen);
    }
    pen.close();
    if window.sees(&sheet.head) {
        sheet.title(scene, look, pen);
    }
    if window.sees(&sheet.legend) {
        legend::legend(scene, look, sheet.legend, pen);
    }
    Ok(())
}

/// A rectangle whose line of one pixel falls on whole pixels.
fn crisp(rect: Rect) -> Rect {
    Rect { x: rect.x + 0.5, y: rect.y + 0.5, width: (rect.width - 1.0).max(0.0), height: (rect.height - 1.0).max(0.0) }
}

fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}
