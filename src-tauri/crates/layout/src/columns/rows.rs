//! Heights: items joined by a wire form rows that run straight through; rows are pushed together from the top and
//! then lowered towards what they are joined to (after Brandes and Köpf 2001, with one alignment instead of four,
//! since reading starts at the top left here).
#![deny(clippy::indexing_slicing)]

use crate::at::{At, push};

use super::{Kind, Netlist, Spacing};

/// Rounds in which rows are lowered towards their neighbours.
const PULLS: usize = 3;

/// Top of each item.
pub(super) fn place(netlist: &Netlist, order: &[Vec<usize>], spacing: &Spacing) -> Vec<i32> {
    let count = netlist.items.len();
    let mut position = vec![0; count];
    for column in order {
        for (at, item) in column.iter().enumerate() {
            position.put(*item, at);
        }
    }
    let rows = Rows::new(netlist, &position);
    // below[row]: rows that must stand lower, with the least distance between the rows' origins.
    let mut below: Vec<Vec<(usize, i32)>> = vec![Vec::new(); count];
    let mut waits = vec![0_u32; count];
    for column in order {
        for pair in column.windows(2) {
            let &[above, under] = pair else { continue };
            let (upper, lower) = (rows.row.at(above), rows.row.at(under));
            let distance = rows.offset.at(above) + netlist.height(above) + netlist.distance(above, under, spacing)
                - rows.offset.at(under);
            push(&mut below, upper, (lower, distance));
            let waiting = waits.at(lower) + 1;
            waits.put(lower, waiting);
        }
    }
    // Topological, smallest row first among the ready ones of one generation.
    let mut sequence: Vec<usize> = Vec::with_capacity(count);
    let mut ready: Vec<usize> = (0..count).filter(|row| rows.row.at(*row) == *row && waits.at(*row) == 0).collect();
    let mut origin = rows.least_origins(count);
    while let Some(row) = ready.pop() {
        sequence.push(row);
        for (lower, distance) in below.get(row).into_iter().flatten() {
            let top = origin.at(*lower).max(origin.at(row) + distance);
            origin.put(*lower, top);
            let waiting = waits.at(*lower).saturating_sub(1);
            waits.put(*lower, waiting);
            if waiting == 0 {
                ready.push(*lower);
            }
        }
    }
    pull(netlist, &rows, &below, &sequence, &mut origin);
    (0..count).map(|item| origin.at(rows.row.at(item)) + rows.offset.at(item)).collect()
}

/// Lowers rows towards the middle of what they are joined to, as far as the rows below allow.
fn pull(netlist: &Netlist, rows: &Rows, below: &[Vec<(usize, i32)>], sequence: &[usize], origin: &mut [i32]) {
    let mut joined: Vec<Vec<(usize, i32)>> = vec![Vec::new(); origin.len()];
    for hop in &netlist.hops {
        let (a, b) = (hop.from.item, hop.to.item);
        let (row_a, row_b) = (rows.row.at(a), rows.row.at(b));
        if row_a == row_b || [a, b].iter().any(|item| netlist.kind(*item) == Kind::Outside) {
            continue;
        }
        // The wire is straight where origin.at(b) - origin.at(a) is this.
        let straight = rows.offset.at(a) + hop.from.dy - rows.offset.at(b) - hop.to.dy;
        push(&mut joined, row_a, (row_b, -straight));
        push(&mut joined, row_b, (row_a, straight));
    }
    let mut wishes = Vec::new();
    for _ in 0..PULLS {
        let mut moved = false;
        for row in sequence.iter().rev().copied() {
            wishes.clear();
            wishes.extend(joined.get(row).into_iter().flatten().map(|(other, straight)| origin.at(*other) + straight));
            if wishes.is_empty() {
                continue;
            }
            wishes.sort_unstable();
            let wish = wishes.at((wishes.len() - 1) / 2);
            let room = below.get(row).into_iter().flatten().map(|(lower, distance)| origin.at(*lower) - distance).min();
            let lowered = room.map_or(wish, |room| wish.min(room));
            if lowered > origin.at(row) {
                origin.put(row, lowered);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
}

/// Which row each item is in and how far below the row's origin its top stands. A row is named by its first item.
struct Rows {
    row: Vec<usize>,
    offset: Vec<i32>,
}

impl Rows {
    fn new(netlist: &Netlist, position: &[usize]) -> Self {
        let count = netlist.items.len();
        // For each item the partner to its right with the offset between their tops.
        let mut right: Vec<Option<(usize, i32)>> = vec![None; count];
        let mut has_left = vec![false; count];
        let mut per_gutter: Vec<Vec<(u8, usize, usize, i32)>> = vec![Vec::new(); netlist.columns + 1];
        for hop in &netlist.hops {
            if let Some((left, right)) = netlist.across(hop) {
                push(&mut per_gutter, hop.gutter, (hop.weight, left.item, right.item, left.dy - right.dy));
            }
        }
        for candidates in &mut per_gutter {
            // A lane that bends costs twice, so lanes go first among equals.
            let is_lane = |item: usize| netlist.kind(item) == Kind::Lane;
            candidates.sort_by_key(|(weight, left, other, _)| {
                let lanes = u8::from(is_lane(*left)) + u8::from(is_lane(*other));
                (std::cmp::Reverse(*weight), std::cmp::Reverse(lanes / 2), position.at(*left), position.at(*other))
            });
            let mut taken: Vec<(usize, usize)> = Vec::new();
            for (_, left, other, offset) in candidates.iter().copied() {
                if right.at(left).is_some() || has_left.at(other) {
                    continue;
                }
                let (x, y) = (position.at(left), position.at(other));
                let at = taken.partition_point(|pair| pair.0 < x);
                let fits_above = at == 0 || taken.at(at - 1).1 < y;
                let fits_below = at == taken.len() || taken.at(at).1 > y;
                if fits_above && fits_below {
                    taken.insert(at, (x, y));
                    right.put(left, Some((other, offset)));
                    has_left.put(other, true);
                }
            }
        }
        let mut rows = Self { row: (0..count).collect(), offset: vec![0; count] };
        for first in (0..count).filter(|item| !has_left.at(*item)) {
            let (mut at, mut offset) = (first, 0);
            while let Some((next, step)) = right.at(at) {
                offset += step;
                rows.row.put(next, first);
                rows.offset.put(next, offset);
                at = next;
            }
        }
        rows
    }

    /// Origins at which no item of a row stands above zero.
    fn least_origins(&self, count: usize) -> Vec<i32> {
        let mut origin = vec![0; count];
        for (row, offset) in self.row.iter().zip(&self.offset) {
            let least = origin.at(*row).max(-offset);
            origin.put(*row, least);
        }
        origin
    }
}
