//! Labels: on the line, before the arrow, where nothing else stands.
#![deny(clippy::indexing_slicing)]

use crate::geometry::{Point, Rect, Size};

use super::Wire;

/// From the arrow's tip to the label.
const BEFORE_ARROW: i32 = 10;

/// Between line and label.
const OFF_LINE: i32 = 2;

/// A box per wire that has a label and room for it. Wires that end at one pin with one text share one label.
pub(super) fn place(wires: &[Wire], routes: &[Vec<Point>], nodes: &[Rect], extent: Size) -> Vec<Option<Rect>> {
    let mut placed: Vec<(Rect, u64)> = Vec::new();
    let verticals: Vec<(Point, Point)> = routes
        .iter()
        .flat_map(|route| route.array_windows())
        .filter(|[a, b]| a.x == b.x)
        .map(|[a, b]| (*a, *b))
        .collect();
    wires
        .iter()
        .zip(routes)
        .map(|(wire, route)| {
            let (size, text) = wire.label?;
            let spots = spots(route, size);
            if spots.iter().any(|spot| placed.iter().any(|(rect, other)| rect == spot && *other == text)) {
                return None;
            }
            let free = spots.into_iter().find(|spot| {
                spot.x >= 0
                    && spot.right() <= extent.width
                    && !placed.iter().any(|(rect, _)| rect.overlaps(spot))
                    && !nodes.iter().any(|node| node.overlaps(spot))
                    && !verticals.iter().any(|(a, b)| spot.is_crossed_by(*a, *b))
            })?;
            placed.push((free, text));
            Some(free)
        })
        .collect()
}

/// Above and below the last run, then above the first, then beside the longest upright one.
fn spots(route: &[Point], size: Size) -> Vec<Rect> {
    let mut spots = Vec::with_capacity(4);
    let Size { width, height } = size;
    let mut flat = |a: Point, b: Point, from_b: i32, below: bool| {
        if a.y != b.y || (a.x - b.x).abs() < width + from_b {
            return;
        }
        let x = if b.x > a.x { b.x - from_b - width } else { b.x + from_b };
        let y = if below { a.y + OFF_LINE } else { a.y - OFF_LINE - height };
        spots.push(Rect { x, y, width, height });
    };
    if let [.., a, b] = route {
        flat(*a, *b, BEFORE_ARROW, false);
        flat(*a, *b, BEFORE_ARROW, true);
    }
    if let [a, b, ..] = route {
        flat(*b, *a, OFF_LINE * 2, false);
    }
    let longest = route.array_windows().filter(|[a, b]| a.x == b.x).max_by_key(|[a, b]| (a.y - b.y).abs());
    if let Some(&[a, b]) = longest
        && (a.y - b.y).abs() > height * 2
    {
        spots.push(Rect { x: a.x + OFF_LINE * 2, y: i32::midpoint(a.y, b.y) - height / 2, width, height });
    }
    spots
}
