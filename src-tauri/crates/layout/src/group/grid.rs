//! A grid: leaves in reading order, as many to a row as fit.
#![deny(clippy::indexing_slicing)]

use super::{Door, GAP, GroupLayout, Route, Stub, by_id, on_edge, padding};
use crate::at::At;
use crate::geometry::{Point, Rect, Size};
use crate::input::Group;

/// The sizes a grid can take, narrowest first.
pub(crate) fn shapes(group: &Group) -> Vec<Size> {
    let (count, cell) = (i32::try_from(group.leaves.len()).unwrap_or(i32::MAX), cell(group));
    let mut sizes: Vec<Size> = Vec::new();
    let mut per_row = 1;
    while per_row <= count.max(1) {
        let rows = (count + per_row - 1) / per_row;
        let size = Size {
            width: (per_row * (cell.width + GAP) - GAP + 2 * padding(group)).max(group.least_width),
            height: group.header + rows * (cell.height + GAP) - GAP + padding(group),
        };
        if sizes.last().is_none_or(|last| last.height > size.height) {
            sizes.push(size);
        }
        per_row += 1 + per_row / 8;
    }
    sizes
}

pub(super) fn grid(group: &Group, doors: &[Door], width: i32, stretch: bool) -> GroupLayout {
    let padding = padding(group);
    let cell = cell(group);
    let room = width - 2 * padding;
    let fit = usize::try_from(((room + GAP) / (cell.width + GAP)).max(1)).unwrap_or(1);
    let per_row = fit.min(group.leaves.len().max(1));
    let columns = i32::try_from(per_row).unwrap_or(1);
    let cell_width =
        if stretch { ((room + GAP) / columns - GAP).min(cell.width * 4 / 3).max(cell.width) } else { cell.width };
    let mut leaves = vec![Rect::default(); group.leaves.len()];
    let mut y = group.header;
    let mut widest = 0;
    for row in by_id(group).chunks(per_row) {
        let mut x = padding;
        let mut tallest = 0;
        for leaf in row.iter().copied() {
            let Size { width, height } = group.leaves.get(leaf).map_or(Size::default(), |leaf| leaf.size);
            leaves.put(leaf, Rect { x, y, width: if stretch { cell_width } else { width }, height });
            x += cell_width + GAP;
            tallest = tallest.max(height);
        }
        widest = widest.max(x - GAP);
        y += tallest + GAP;
    }
    let size = Size {
        width: (widest + padding).max(group.least_width),
        height: if group.leaves.is_empty() { group.header } else { y - GAP } + padding,
    };
    let stubs = doors
        .iter()
        .map(|door| {
            // A cell with a neighbour to that side is not reached: its links end on the group's edge.
            let edge = on_edge(group, size, door);
            let Some(leaf) = door.leaf else { return Stub { door: *door, points: vec![edge], label: None } };
            let rect = leaves.at(leaf);
            let edge = Point { y: rect.y + group.leaves.get(leaf).map_or(0, |leaf| leaf.port), ..edge };
            let beside =
                |other: &Rect| other.y == rect.y && if edge.x == 0 { other.x < rect.x } else { other.x > rect.x };
            // A net passes the group's edge once, whatever it leads to.
            let same = |other: &&Door| (other.net, other.side, other.is_exit) == (door.net, door.side, door.is_exit);
            if leaves.iter().any(beside) || doors.iter().filter(same).count() > 1 {
                return Stub { door: *door, points: vec![edge], label: None };
            }
            let on_leaf = Point { x: if edge.x == 0 { rect.x } else { rect.right() }, ..edge };
            let points = if door.is_exit { vec![on_leaf, edge] } else { vec![edge, on_leaf] };
            Stub { door: *door, points, label: None }
        })
        .collect();
    GroupLayout { size, leaves, routes: vec![Route::default(); group.edges.len()], stubs, ..GroupLayout::default() }
}

fn cell(group: &Group) -> Size {
    Size {
        width: group.leaves.iter().map(|leaf| leaf.size.width).max().unwrap_or(0),
        height: group.leaves.iter().map(|leaf| leaf.size.height).max().unwrap_or(0),
    }
}
