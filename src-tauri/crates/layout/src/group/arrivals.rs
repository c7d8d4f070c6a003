//! Edges of a group that end at one side of a leaf.
#![deny(clippy::indexing_slicing)]

use std::collections::BTreeMap;

use super::GroupLayout;
use crate::at::At;
use crate::fan::{self, Pieces};
use crate::geometry::{Point, Rect};
use crate::input::Group;

/// What reaches one side of a leaf.
#[derive(Default)]
struct Reached {
    /// The edges that end there, by the height.
    ends: BTreeMap<i32, Vec<usize>>,
    /// Heights of everything else.
    others: Vec<i32>,
}

/// Gives edges of several senders that end at one leaf a height each.
pub(super) fn spread(group: &Group, layout: &mut GroupLayout) {
    let mut sides: BTreeMap<(usize, i32), Reached> = BTreeMap::new();
    let on_side = |leaf: usize, point: &Point| {
        let rect = layout.leaves.at(leaf);
        (point.x == rect.x || point.x == rect.right()).then_some((leaf, point.x))
    };
    for (at, (edge, route)) in group.edges.iter().zip(&layout.routes).enumerate() {
        let ([first, ..], [.., last]) = (&route.points[..], &route.points[..]) else { continue };
        if let Some(side) = on_side(edge.to, last) {
            sides.entry(side).or_default().ends.entry(last.y).or_default().push(at);
        }
        if let Some(side) = on_side(edge.from, first) {
            sides.entry(side).or_default().others.push(first.y);
        }
    }
    for stub in &layout.stubs {
        let end = if stub.door.is_exit { stub.points.first() } else { stub.points.last() };
        if let (Some(leaf), Some(end)) = (stub.door.leaf, end)
            && let Some(side) = on_side(leaf, end)
        {
            sides.entry(side).or_default().others.push(end.y);
        }
    }
    sides.retain(|_, reached| {
        let Reached { ends, others } = reached;
        ends.iter().any(|(y, edges)| edges.len() > 1 || others.contains(y))
    });
    if sides.is_empty() {
        return;
    }
    // Links have numbers far beyond those of leaves.
    let sender = |edge: usize| group.edges.get(edge).map_or(0, |edge| edge.from as u64);
    let routes = layout.routes.iter().enumerate().map(|(at, route)| (sender(at), &route.points[..], route.label));
    let stubs = layout.stubs.iter().map(|stub| (stub.door.net, &stub.points[..], stub.label));
    let mut pieces = Pieces::of(routes.chain(stubs));
    for ((leaf, _), Reached { ends, others }) in sides {
        let card = layout.leaves.at(leaf);
        let is_free = |rect: &Rect| !layout.leaves.iter().any(|other| other.overlaps(rect));
        for (height, edges) in &ends {
            let elsewhere = ends.iter().filter(|(y, _)| *y != height).flat_map(|(y, edges)| edges.iter().map(|_| *y));
            let taken: Vec<i32> = others.iter().copied().chain(elsewhere).collect();
            fan::spread(&mut layout.routes, sender, edges, card, &taken, &mut pieces, is_free);
        }
    }
}
