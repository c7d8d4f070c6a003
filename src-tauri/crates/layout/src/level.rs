//! One level of the nesting: boxes in columns with the wires among them and to the outside, whatever the boxes hold.

use rustc_hash::FxHashMap;

use crate::columns::{Node, Pin, Pinned, Side, Solution, Spacing, Wire, solve};
use crate::geometry::{Point, Rect, Size};
use crate::input::Label;

/// A box with the heights at which nets pass its edges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) size: Size,
    /// Sorted: (net, leaves to the right, height).
    pub(crate) doors: Vec<(u64, bool, i32)>,
}

impl Piece {
    fn door(&self, net: u64, is_exit: bool) -> i32 {
        let at = self.doors.partition_point(|door| (door.0, door.1) < (net, is_exit));
        let found = self.doors.get(at).filter(|door| (door.0, door.1) == (net, is_exit));
        found.map_or(self.size.height / 2, |door| door.2)
    }

    pub(crate) fn has(&self, is_exit: bool) -> bool {
        self.doors.iter().any(|door| door.1 == is_exit)
    }
}

/// A wire between boxes; none where it comes from or goes to the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Path {
    pub(crate) from: Option<usize>,
    pub(crate) to: Option<usize>,
    pub(crate) net: u64,
}

/// A level solved.
#[derive(Clone, Debug, Default)]
pub(crate) struct Level {
    pub(crate) size: Size,
    /// Rectangle of each box, relative to the level.
    pub(crate) boxes: Vec<Rect>,
    /// Left edge and width of each column.
    pub(crate) columns: Vec<(i32, i32)>,
    /// Route and label of each path.
    paths: FxHashMap<Path, (Vec<Point>, Option<Rect>)>,
    /// Where nets pass the level's own edges.
    pub(crate) doors: Vec<(u64, bool, i32)>,
}

impl Level {
    pub(crate) fn route(&self, path: Path) -> (&[Point], Option<Rect>) {
        self.paths.get(&path).map_or((&[], None), |(points, label)| (points, *label))
    }
}

/// Solves a level. `columns` says where each box stands; boxes of a column are as wide as the widest.
pub(crate) fn connect(
    pieces: &[Piece],
    columns: &[usize],
    paths: &[(Path, Option<Label>)],
    gap: i32,
    spacing: &Spacing,
    pinned: Option<&Pinned>,
) -> Level {
    let mut paths = paths.to_vec();
    paths.sort_by_key(|(path, label)| (*path, label.map(|label| (label.text, label.size.width))));
    paths.dedup_by_key(|(path, _)| *path);
    let nodes: Vec<Node> = pieces
        .iter()
        .zip(columns)
        .map(|(piece, column)| Node { column: *column, width: piece.size.width, height: piece.size.height, gap })
        .collect();
    let wires: Vec<Wire> = paths
        .iter()
        .map(|(path, label)| {
            let port = |node: usize, side: Side| Pin::Port {
                node,
                side,
                dy: pieces[node].door(path.net, side == Side::Right),
            };
            Wire {
                from: path.from.map_or(Pin::Outside(Side::Left), |node| port(node, Side::Right)),
                to: path.to.map_or(Pin::Outside(Side::Right), |node| port(node, Side::Left)),
                net: path.net,
                weight: 1,
                label: label.map(|label| (label.size, label.text)),
            }
        })
        .collect();
    let Solution { size, columns: places, tops, routes, labels } = solve(&nodes, &wires, spacing, pinned);
    let boxes = nodes
        .iter()
        .zip(&tops)
        .map(|(node, y)| {
            let x = places.get(node.column).map_or(0, |place| place.0);
            Rect { x, y: *y, width: node.width, height: node.height }
        })
        .collect();
    let mut doors = Vec::new();
    for ((path, _), route) in paths.iter().zip(&routes) {
        if path.from.is_none() {
            doors.extend(route.first().map(|point| (path.net, false, point.y)));
        }
        if path.to.is_none() {
            doors.extend(route.last().map(|point| (path.net, true, point.y)));
        }
    }
    doors.sort_unstable();
    doors.dedup();
    let paths = paths.into_iter().map(|(path, _)| path).zip(routes.into_iter().zip(labels)).collect();
    Level { size, boxes, columns: places, paths, doors }
}
