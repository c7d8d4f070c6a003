//! A group whose leaves were placed before, in another picture of it: what is there again keeps its place, what comes in
//! takes a free space of its column, and what grew pushes down what stands below it.
#![deny(clippy::indexing_slicing)]

use std::collections::BTreeMap;

use super::seats::Seats;
use super::{GAP, GroupLayout, SPACING, Wish, lay_out, padding};
use crate::at::At;
use crate::columns::{Heights, Node, Pinned, Solution, Wire, solve};
use crate::geometry::{Rect, Size};
use crate::input::Group;

/// This group in the places that another picture of it has: leaves of both stand where they stood, and are as large.
pub(crate) fn stay(group: &Group, before: &Group, layout: &GroupLayout, wish: Wish) -> GroupLayout {
    let now: BTreeMap<&str, usize> = group.leaves.iter().enumerate().map(|(at, leaf)| (&*leaf.id, at)).collect();
    let mut group = group.clone();
    for (old, rect) in before.leaves.iter().zip(&layout.leaves) {
        let Some(leaf) = now.get(&*old.id).and_then(|at| group.leaves.get_mut(*at)) else { continue };
        // What hangs on it a little lower hangs in the gap below it, and moves nothing.
        let height = if leaf.size.height <= rect.height + GAP { rect.height } else { leaf.size.height };
        leaf.size = Size { width: leaf.size.width.max(rect.width), height };
        leaf.column = old.column.or(leaf.column);
        leaf.under = old.under.and_then(|host| now.get(&*before.leaves.get(host)?.id).copied());
    }
    lay_out(&group, wish, Some(&Stay::new(before, layout)))
}

/// Where the leaves of a group were.
pub(super) struct Stay<'a> {
    leaves: BTreeMap<&'a str, Rect>,
    columns: &'a [(u8, i32, i32)],
}

impl<'a> Stay<'a> {
    /// The places in this layout of a group.
    fn new(group: &'a Group, layout: &'a GroupLayout) -> Self {
        let leaves = group.leaves.iter().zip(&layout.leaves).map(|(leaf, rect)| (&*leaf.id, *rect)).collect();
        Self { leaves, columns: &layout.columns }
    }

    /// Solves again with everything in its place. `free` is how the nodes would be placed if nothing were known.
    pub(super) fn kept(
        &self,
        group: &Group,
        seats: &Seats,
        nodes: &[Node],
        wires: &[Wire],
        used: &[u8],
        free: &Solution,
    ) -> Solution {
        let known: Vec<Option<i32>> = (0..nodes.len()).map(|node| self.top(group, seats, node)).collect();
        let mut tops = free.tops.clone();
        for column in 0..used.len() {
            let members: Vec<usize> =
                nodes.iter().enumerate().filter(|(_, node)| node.column == column).map(|(at, _)| at).collect();
            stack(nodes, &members, &known, &mut tops);
        }
        let columns = self.lefts(group, used, free);
        let last = |columns: &[i32]| columns.last().copied().unwrap_or(0);
        let natural = free.columns.last().map_or(0, |column| column.0);
        let width = free.size.width + last(&columns) - natural;
        solve(nodes, wires, &SPACING, Heights::Kept(&tops), Some(&Pinned { columns, width }))
    }

    /// The top of a node whose first leaf was here.
    fn top(&self, group: &Group, seats: &Seats, node: usize) -> Option<i32> {
        let leaf = *seats.members(node).first()?;
        let rect = self.leaves.get(&*group.leaves.get(leaf)?.id)?;
        Some((rect.y - group.header - seats.offset.at(leaf).y).max(0))
    }

    /// Left edges of the columns: those that were there stay unless what stands left of them grew.
    fn lefts(&self, group: &Group, used: &[u8], free: &Solution) -> Vec<i32> {
        let before = |role: u8| self.columns.iter().position(|column| column.0 == role);
        let mut lefts: Vec<i32> = Vec::with_capacity(used.len());
        for (at, role) in used.iter().enumerate() {
            let Some((natural, _)) = free.columns.get(at).copied() else { break };
            let place = before(*role).and_then(|at| Some((at, self.columns.get(at)?.1 - padding(group))));
            let left = match (at.checked_sub(1), place) {
                (None, Some((_, known))) => known.max(0),
                (None, None) => natural,
                (Some(last), place) => {
                    let (left, (was, width)) = (lefts.at(last), free.columns.at(last));
                    let gutter = natural - was - width;
                    // Side by side as before, their wires had room enough.
                    let room = place.and_then(|(at, known)| {
                        let neighbour = self.columns.get(at.checked_sub(1)?)?;
                        let is_neighbour = used.get(last) == Some(&neighbour.0);
                        is_neighbour.then_some(known + padding(group) - neighbour.1 - neighbour.2)
                    });
                    let least = left + width + room.map_or(gutter, |room| room.min(gutter));
                    place.map_or(
                        left + natural - was,
                        |(_, known)| if known >= least { known } else { left + natural - was },
                    )
                }
            };
            lefts.push(left);
        }
        lefts
    }
}

/// Stay the nodes of one column: those that are known where they were, or below what grew; the others in the free space
/// nearest to where they would stand by themselves.
fn stack(nodes: &[Node], members: &[usize], known: &[Option<i32>], tops: &mut [i32]) {
    let (mut stay, mut come): (Vec<usize>, Vec<usize>) = members.iter().partition(|node| known.at(**node).is_some());
    stay.sort_by_key(|node| (known.at(*node), *node));
    come.sort_by_key(|node| (tops.at(*node), *node));
    let height = |node: usize| nodes.get(node).map_or(0, |node| node.height);
    let mut placed: Vec<(i32, i32)> = Vec::with_capacity(members.len());
    let mut cursor = i32::MIN;
    for node in stay {
        let top = known.at(node).unwrap_or(0).max(cursor);
        tops.put(node, top);
        cursor = top + height(node) + GAP;
        placed.push((top, top + height(node)));
    }
    for node in come {
        let height = height(node);
        let wish = tops.at(node);
        let above = std::iter::once(0).chain(placed.iter().map(|span| span.1 + GAP));
        let below = placed.iter().map(|span| span.0 - GAP - height).chain(std::iter::once(i32::MAX));
        let spaces = above.zip(below).filter(|(first, last)| first <= last);
        let nearest = spaces.map(|(first, last)| wish.clamp(first, last)).min_by_key(|top| ((top - wish).abs(), *top));
        let top = nearest.unwrap_or(wish);
        tops.put(node, top);
        let at = placed.partition_point(|span| span.0 < top);
        placed.insert(at, (top, top + height));
    }
}
