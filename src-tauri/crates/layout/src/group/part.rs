//! A part of a group: some of its leaves and edges, where they were in the whole.
#![deny(clippy::indexing_slicing)]

use std::collections::BTreeMap;

use super::{Door, GroupLayout, Route, Stub, Wish, join_at_edge, padding};
use crate::geometry::Rect;
use crate::input::Group;

/// The layout of `part` with everything where it is in the layout of the `whole`; none where `part` has something that
/// the whole has not, or something larger.
pub(crate) fn part_of(part: &Group, whole: &Group, layout: &GroupLayout, wish: &Wish) -> Option<GroupLayout> {
    if part.header != whole.header || part.shape != whole.shape {
        return None;
    }
    let place: BTreeMap<&str, usize> = whole.leaves.iter().enumerate().map(|(at, leaf)| (&*leaf.id, at)).collect();
    let seats: Vec<usize> =
        part.leaves.iter().map(|leaf| place.get(&*leaf.id).copied()).collect::<Option<Vec<usize>>>()?;
    let leaves: Vec<Rect> =
        seats.iter().map(|seat| layout.leaves.get(*seat).copied()).collect::<Option<Vec<Rect>>>()?;
    let fits = part
        .leaves
        .iter()
        .zip(&leaves)
        .all(|(leaf, rect)| leaf.size.width <= rect.width && leaf.size.height <= rect.height);
    if !fits || part.least_width > layout.size.width {
        return None;
    }
    let edges: BTreeMap<(usize, usize), usize> =
        whole.edges.iter().enumerate().rev().map(|(at, edge)| ((edge.from, edge.to), at)).collect();
    let routes = part.edges.iter().map(|edge| {
        let at = *edges.get(&(*seats.get(edge.from)?, *seats.get(edge.to)?))?;
        let (known, route) = (whole.edges.get(at)?, layout.routes.get(at)?);
        let label = route.label.filter(|_| known.label == edge.label);
        Some(Route { points: route.points.clone(), label })
    });
    let routes = routes.collect::<Option<Vec<Route>>>()?;
    // What crosses the edge of the group may belong to another net where fewer links are left; it passes by the same door.
    let doors = wish.doors.iter().map(|door| {
        let leaf = match door.leaf {
            Some(leaf) => Some(*seats.get(leaf)?),
            None => None,
        };
        let same = |stub: &&Stub| {
            let Door { leaf: known, is_exit, side, .. } = stub.door;
            (known, is_exit, side) == (leaf, door.is_exit, door.side)
        };
        let known = layout.stubs.iter().find(same)?;
        let label = known.label.filter(|_| known.door.label == door.label);
        Some(Stub { door: *door, points: known.points.clone(), label })
    });
    let mut stubs = doors.collect::<Option<Vec<Stub>>>()?;
    join_at_edge(&mut stubs, layout.size.width, padding(part));
    let columns = layout.columns.clone();
    Some(GroupLayout { size: layout.size, leaves, routes, stubs, columns, made_for: wish.clone() })
}
