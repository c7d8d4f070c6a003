//! Links that end at one side of a leaf.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::at::At;
use crate::fan::{self, Pieces};
use crate::geometry::{Point, Rect};
use crate::group::Route;
use crate::nets::{Seat, SortedLink};
use crate::output::Memory;

/// What reaches one side of a leaf.
#[derive(Default)]
struct Reached {
    /// The links that end there.
    ends: Vec<usize>,
    /// Heights of everything else.
    others: Vec<i32>,
}

/// Gives links of several senders that end at one leaf a height each.
pub(crate) fn spread(links: &[SortedLink], routes: &mut [Route], frames: &[Arc<Memory>], places: &[Rect]) {
    let mut sides: BTreeMap<(Seat, i32), Reached> = BTreeMap::new();
    for (at, (link, route)) in links.iter().zip(&*routes).enumerate() {
        let ([first, ..], [.., last]) = (&route.points[..], &route.points[..]) else { continue };
        sides.entry((link.to, last.x)).or_default().ends.push(at);
        sides.entry((link.from, first.x)).or_default().others.push(first.y);
    }
    sides.retain(|((.., leaf), _), reached| leaf.is_some() && !reached.ends.is_empty());
    if sides.is_empty() {
        return;
    }
    let lines = links.iter().zip(&*routes).map(|(link, route)| (link.net, &route.points[..], route.label));
    let mut pieces = Pieces::of(lines);
    let sender = |link: usize| links.get(link).map_or(0, |link| link.net);
    for (((frame, group, leaf), x), Reached { ends, mut others }) in sides {
        let (Some(memory), Some(leaf)) = (frames.get(frame), leaf) else { continue };
        let Some(layout) = memory.layout.groups.get(group) else { continue };
        let place = places.at(frame);
        let inside = memory.layout.rects.at(group).moved(Point { x: place.x, y: place.y });
        let by = Point { x: inside.x, y: inside.y };
        let card = layout.leaves.at(leaf).moved(by);
        let heights = ends.iter().filter_map(|link| routes.get(*link)?.points.last().map(|point| point.y));
        let heights: Vec<i32> = heights.collect();
        // Several in one place at the leaf itself; at the edge of a group they are for the group.
        let is_one = heights.array_windows().all(|[one, other]| one == other);
        if !is_one || (x != card.x && x != card.right()) {
            continue;
        }
        for route in &layout.routes {
            let reached = [route.points.first(), route.points.last()].into_iter().flatten().map(|point| point.plus(by));
            others
                .extend(reached.filter(|end| end.x == x && card.y <= end.y && end.y <= card.bottom()).map(|end| end.y));
        }
        let is_free = |rect: &Rect| {
            let groups = memory.layout.rects.iter().enumerate().filter(|(at, _)| *at != group);
            let mut groups = groups.map(|(_, rect)| rect.moved(Point { x: place.x, y: place.y }));
            let mut others = places.iter().enumerate().filter(|(at, _)| *at != frame).map(|(_, rect)| rect);
            let mut leaves = layout.leaves.iter().map(|rect| rect.moved(by));
            let mut labels = layout.routes.iter().filter_map(|route| Some(route.label?.moved(by)));
            let is_outside = rect.x < place.x || rect.right() > place.right();
            let stands_there = leaves.any(|other| other.overlaps(rect))
                || labels.any(|other| other.overlaps(rect))
                || groups.any(|other| other.overlaps(rect))
                || is_outside && others.any(|other| other.overlaps(rect));
            !stands_there
        };
        fan::spread(routes, sender, &ends, card, &others, &mut pieces, is_free);
    }
}
