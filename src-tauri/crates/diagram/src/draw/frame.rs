//! Frames and blocks: the boxes that say what belongs together, with what is wrong inside them.

use model::Health;

use super::{Anchor, Pen, Window, at, card, crisp, ink, link};
use crate::geometry::*;
use crate::scene::{Counts, Frame, PlacedBlock, Point, Rect};

/// What counts say, in the order they are read: state shown, word, states counted.
pub(super) const PROBLEMS: [(Health, &str, &[Health]); 3] = [
    (Health::Pending, "pending", &[Health::Pending]),
    (Health::Degraded, "degraded", &[Health::Degraded]),
    (Health::Failing, "broken", &[Health::Failing, Health::Missing]),
];

/// Draws a frame's ground and head.
pub(super) fn frame(frame: &Frame, pen: &mut dyn Pen) {
    let rect = frame.rect;
    pen.open(&frame.id, "", at(0.0, 0.0));
    pen.rect(&ink::FRAME, crisp(rect), FRAME_RADIUS);
    let pills = pills(&frame.counts);
    let pills_left = rect.right() - PILL_RIGHT - pills.iter().map(|pill| pill.width + PILL_GAP).sum::<f32>();
    let base = rect.y + FRAME_TITLE_BASE;
    let title = Role::FrameTitle.fit((pills_left - rect.x - 24.0).max(40.0), &frame.title);
    pen.text(&ink::FRAME_TITLE, at(rect.x + FRAME_TITLE, base), Anchor::Start, &title);
    let after = rect.x + FRAME_TITLE + Role::FrameTitle.width(&title) + 12.0;
    if after + Role::FrameSubtitle.width(&frame.subtitle) < pills_left {
        pen.text(&ink::FRAME_SUBTITLE, at(after, base), Anchor::Start, &frame.subtitle);
    }
    for badge in &frame.badges {
        card::badge(badge, pen);
    }
    let mut x = rect.right() - PILL_RIGHT;
    for pill in pills.iter().rev() {
        x -= pill.width;
        pill.draw(at(x, rect.y + PILL_MIDDLE - PILL_HEIGHT / 2.0), pen);
        x -= PILL_GAP;
    }
    pen.close();
}

/// Draws the ground and head of an application.
pub(super) fn block_ground(placed: &PlacedBlock, pen: &mut dyn Pen) {
    let block = &placed.block;
    if block.title.is_empty() {
        return;
    }
    let Point { x, y } = placed.origin;
    let is_aside = !block.cards.is_empty() && block.cards.iter().all(|card| card.aside);
    if is_aside {
        pen.open_aside();
    }
    pen.rect(&ink::GROUP, crisp(Rect { x, y, width: block.width, height: block.height }), BLOCK_RADIUS);
    let subtitle_width = Role::BlockSubtitle.width(&block.subtitle);
    let room = block.width - subtitle_width - 40.0;
    let fits = room >= 40.0;
    let title = Role::BlockTitle.fit(if fits { room } else { block.width - 2.0 * BLOCK_TITLE }, &block.title);
    pen.text(&ink::BLOCK_TITLE, at(x + BLOCK_TITLE, y + BLOCK_TITLE_BASE), Anchor::Start, &title);
    if fits {
        pen.text(
            &ink::BLOCK_SUBTITLE,
            at(x + block.width - BLOCK_SUBTITLE_RIGHT, y + BLOCK_TITLE_BASE),
            Anchor::End,
            &block.subtitle,
        );
    }
    if is_aside {
        pen.close();
    }
}

/// Draws what is in a block; `window` is relative to it.
pub(super) fn block(placed: &PlacedBlock, window: Window, pen: &mut dyn Pen) {
    let block = &placed.block;
    pen.open(&block.id, "", placed.origin);
    link::links(&block.links, ink::Place::Inside, window, pen);
    let seen =
        |is_aside: bool| block.cards.iter().filter(move |card| card.aside == is_aside && window.sees(&card.rect));
    if seen(true).next().is_some() {
        pen.open_aside();
        seen(true).for_each(|each| card::card(each, pen));
        pen.close();
    }
    seen(false).for_each(|each| card::card(each, pen));
    for each in &block.links {
        link::label(each, ink::Place::Inside, window, pen);
    }
    pen.close();
}

struct Pill {
    health: Health,
    text: String,
    width: f32,
}

fn pills(counts: &Counts) -> Vec<Pill> {
    counted(counts)
        .map(|(health, text)| {
            let width = (PILL_ROOM + Role::Badge.width(&text)).ceil();
            Pill { health, text, width }
        })
        .collect()
}

/// The problems there are, with their counts in words.
pub(super) fn counted(counts: &Counts) -> impl Iterator<Item = (Health, String)> {
    PROBLEMS.iter().filter_map(|(health, word, states)| {
        let count: u32 = states.iter().map(|state| counts.of(*state)).sum();
        (count > 0).then(|| (*health, format!("{count} {word}")))
    })
}

impl Pill {
    fn draw(&self, at_point: Point, pen: &mut dyn Pen) {
        let Point { x, y } = at_point;
        let rect = Rect { x, y, width: self.width, height: PILL_HEIGHT };
        pen.rect(&ink::PILL, crisp(rect), (PILL_HEIGHT - 1.0) / 2.0);
        pen.mark(self.health, at(x + PILL_MARK, y + PILL_MARK_TOP), PILL_MARK_SCALE);
        pen.text(&ink::BADGE, at(x + PILL_TEXT, y + PILL_HEIGHT / 2.0 + PILL_BASE), Anchor::Start, &self.text);
    }
}
