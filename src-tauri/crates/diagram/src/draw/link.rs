//! Links: a line by class, an arrow at its end, a label where there is room.

use model::EdgeState;
use rustc_hash::FxHashMap;

use super::ink::{self, Place};
use super::{Anchor, Pen, Window, at};
use crate::geometry::{ARROW, ARROW_SEVERAL, ARROW_SEVERAL_WING, ARROW_WING, LABEL_BASE, LINK_CORNER};
use crate::scene::{Link, LinkEnd, Point, Rect};

/// Draws lines with their arrows: of each sender the dashed ones lie lowest, what is broken on top, and senders of broken
/// lines come last. The lines of one sender lie together on a
/// ground a little wider than they are: what they cross has a gap there, so that two lines that cross do not read as two
/// that meet. A dashed one also lies on a ground of its own: where several run over each other, the gaps of one would else
/// be filled by the next, and what is guessed would look like what is known.
pub(super) fn links(links: &[Link], place: Place, window: Window, pen: &mut dyn Pen) {
    let mut seen: Vec<(Layer, &Link)> = links
        .iter()
        .filter(|link| link.points.len() > 1 && window.sees(&bounds(&link.points)))
        .map(|link| (Layer::of(link, inks(link, place).0), link))
        .collect();
    let mut highest: FxHashMap<&LinkEnd, Layer> = FxHashMap::default();
    for (layer, link) in &seen {
        let highest = highest.entry(&link.from).or_insert(*layer);
        *highest = (*highest).max(*layer);
    }
    seen.sort_by_key(|(layer, link)| (highest.get(&link.from).copied(), &link.from, *layer));
    for sent in seen.chunk_by(|one, other| one.1.from == other.1.from) {
        for (_, link) in sent {
            pen.line(ink::gap(place), &short_of(&link.points, inks(link, place).0), LINK_CORNER);
        }
        for (layer, link) in sent {
            let (line, head) = inks(link, place);
            if *layer == Layer::Dashed {
                pen.line(ink::under(place), &short_of(&link.points, line), LINK_CORNER);
            }
            draw_line(&link.points, line, head, pen);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Dashed,
    Solid,
    Broken,
}

impl Layer {
    fn of(link: &Link, line: &ink::Ink) -> Self {
        match (link.state, line.dash.is_empty()) {
            (EdgeState::Missing, _) => Self::Broken,
            (_, false) => Self::Dashed,
            (_, true) => Self::Solid,
        }
    }
}

/// What a link's line and its arrow's head are drawn with.
pub(super) fn inks(link: &Link, place: Place) -> (&'static ink::Ink, &'static ink::Ink) {
    let several = link.count > 1 && (place == Place::Between || matches!(link.from, LinkEnd::Block(_)));
    ink::link(link.class, link.state, link.inferred, several)
}

/// Draws a line with an arrow's head at its last point.
pub(super) fn draw_line(points: &[Point], line: &'static ink::Ink, head: &'static ink::Ink, pen: &mut dyn Pen) {
    let Some((tip, ux, uy, _)) = tip(points) else { return };
    pen.line(line, &short_of(points, line), LINK_CORNER);
    let (long, half) = size_of_head(line);
    let base = at(tip.x - ux * long, tip.y - uy * long);
    let wing = |side: f32| at(base.x - uy * half * side, base.y + ux * half * side);
    pen.polygon(head, &[tip, wing(1.0), wing(-1.0)]);
}

/// Length and half the width of an arrow's head.
fn size_of_head(line: &ink::Ink) -> (f32, f32) {
    if line.several { (ARROW_SEVERAL, ARROW_SEVERAL_WING) } else { (ARROW, ARROW_WING) }
}

/// The last point, the direction in which the line reaches it, and the length of its last piece.
fn tip(points: &[Point]) -> Option<(Point, f32, f32, f32)> {
    let (tip, rest) = points.split_last()?;
    let before = rest.iter().rev().find(|point| *point != tip)?;
    let length = distance(before, tip);
    Some((*tip, (tip.x - before.x) / length, (tip.y - before.y) / length, length))
}

/// The points of a line that ends inside its arrow's head, so that its own width does not blunt the tip.
fn short_of(points: &[Point], line: &ink::Ink) -> Vec<Point> {
    let mut shortened = points.to_vec();
    if let (Some((tip, ux, uy, length)), Some(last)) = (tip(points), shortened.last_mut()) {
        let back = (size_of_head(line).0 - 1.0).min(length);
        *last = at(tip.x - ux * back, tip.y - uy * back);
    }
    shortened
}

/// Draws the label.
pub(super) fn label(link: &Link, place: Place, window: Window, pen: &mut dyn Pen) {
    let Some(label) = &link.label else { return };
    if !window.sees(&label.rect) {
        return;
    }
    let kind = match (link.state, place) {
        (EdgeState::Missing, _) => &ink::LABEL_BROKEN,
        (_, Place::Inside) => &ink::LABEL,
        (_, Place::Between) => &ink::LABEL_BETWEEN,
    };
    pen.text(kind, at(label.rect.x, label.rect.y + label.rect.height * LABEL_BASE), Anchor::Start, &label.text);
}

fn bounds(points: &[Point]) -> Rect {
    let (mut left, mut top, mut right, mut bottom) = (f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    for point in points {
        (left, right) = (left.min(point.x), right.max(point.x));
        (top, bottom) = (top.min(point.y), bottom.max(point.y));
    }
    Rect { x: left, y: top, width: right - left, height: bottom - top }
}

/// A piece of a rounded line, after the first point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rounded {
    /// Straight to here.
    To(Point),
    /// A quadratic curve around the first point to the second.
    Around(Point, Point),
}

/// The line through the points with its corners rounded: by `radius`, less where a piece is too short.
pub(crate) fn rounded(points: &[Point], radius: f32) -> Vec<Rounded> {
    let mut pieces = Vec::with_capacity(points.len() * 2);
    for (at_corner, corner) in points.iter().enumerate().skip(1) {
        let Some(next) = points.get(at_corner + 1) else {
            pieces.push(Rounded::To(*corner));
            break;
        };
        let previous = points.get(at_corner - 1).unwrap_or(corner);
        let (before, after) = (distance(previous, corner), distance(corner, next));
        let reach = radius.min(before / 2.0).min(after / 2.0);
        let straight = ((corner.x - previous.x) * (next.y - corner.y) - (corner.y - previous.y) * (next.x - corner.x))
            .abs()
            < 0.01;
        if reach < 0.5 || straight {
            pieces.push(Rounded::To(*corner));
            continue;
        }
        pieces.push(Rounded::To(towards(corner, previous, reach / before)));
        pieces.push(Rounded::Around(*corner, towards(corner, next, reach / after)));
    }
    pieces
}

fn distance(one: &Point, other: &Point) -> f32 {
    let (dx, dy) = (one.x - other.x, one.y - other.y);
    (dx * dx + dy * dy).sqrt()
}

fn towards(from: &Point, to: &Point, share: f32) -> Point {
    at(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_rounded_no_more_than_half_a_piece() {
        let points = [at(0.0, 0.0), at(20.0, 0.0), at(20.0, 4.0), at(40.0, 4.0)];
        assert_eq!(
            rounded(&points, 6.0),
            [
                Rounded::To(at(18.0, 0.0)),
                Rounded::Around(at(20.0, 0.0), at(20.0, 2.0)),
                Rounded::To(at(20.0, 2.0)),
                Rounded::Around(at(20.0, 4.0), at(22.0, 4.0)),
                Rounded::To(at(40.0, 4.0)),
            ]
        );
    }

    #[test]
    fn points_on_a_line_stay_straight() {
        let points = [at(0.0, 0.0), at(10.0, 0.0), at(30.0, 0.0)];
        assert_eq!(rounded(&points, 6.0), [Rounded::To(at(10.0, 0.0)), Rounded::To(at(30.0, 0.0))]);
    }
}
