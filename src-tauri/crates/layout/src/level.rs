//! One level of the nesting: rows in strips with the wires among them and to the outside, whatever the rows hold.

use rustc_hash::FxHashMap;

use crate::columns::{Heights, Node, Pin, Pinned, Side, Solution, Spacing, Wire, solve};
use crate::geometry::{Point, Rect, Size};
use crate::input::Label;

/// A height at which a net passes the edge of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Opening {
    pub(crate) net: u64,
    pub(crate) side: Side,
    pub(crate) is_exit: bool,
    /// Which of the things in the box it belongs to.
    pub(crate) item: usize,
    pub(crate) height: i32,
}

/// A box with its openings, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) size: Size,
    pub(crate) openings: Vec<Opening>,
}

impl Piece {
    fn height_of(&self, net: u64, side: Side, is_exit: bool, item: usize) -> i32 {
        let at = self
            .openings
            .partition_point(|door| (door.net, door.side, door.is_exit, door.item) < (net, side, is_exit, item));
        let found = self.openings.get(at);
        let same = found.filter(|door| (door.net, door.side, door.is_exit, door.item) == (net, side, is_exit, item));
        same.map_or(self.size.height / 2, |door| door.height)
    }
}

/// An end of a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum End {
    /// On a side of a box, at something in it.
    Box(usize, usize, Side),
    /// On an outer edge.
    Beyond(Side),
}

/// A wire between boxes, or between a box and the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Path {
    pub(crate) from: End,
    pub(crate) to: End,
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
    /// Where nets pass the level's own edges; they belong to nothing in particular.
    pub(crate) openings: Vec<Opening>,
}

impl Level {
    pub(crate) fn route(&self, path: Path) -> (&[Point], Option<Rect>) {
        self.paths.get(&path).map_or((&[], None), |(points, label)| (points, *label))
    }
}

/// Places of the rows that must be kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) tops: Vec<i32>,
    pub(crate) columns: Pinned,
}

/// Solves a level. `columns` says in which column each box stands, from the top down.
pub(crate) fn connect(
    pieces: &[Piece],
    columns: &[usize],
    paths: &[(Path, Option<Label>)],
    gap: i32,
    spacing: &Spacing,
    kept: Option<&Kept>,
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
            let pin = |end: End, is_exit: bool| match end {
                End::Box(node, item, side) => {
                    let height = |piece: &Piece| piece.height_of(path.net, side, is_exit, item);
                    Pin::Port { node, side, dy: pieces.get(node).map_or(0, height) }
                }
                End::Beyond(side) => Pin::Outside(side),
            };
            Wire {
                from: pin(path.from, true),
                to: pin(path.to, false),
                net: path.net,
                weight: 1,
                label: label.map(|label| (label.size, label.text)),
            }
        })
        .collect();
    let heights = kept.map_or(Heights::Stacked, |kept| Heights::Kept(&kept.tops));
    let Solution { size, columns: places, tops, routes, labels } =
        solve(&nodes, &wires, spacing, heights, kept.map(|kept| &kept.columns));
    let boxes = nodes
        .iter()
        .zip(&tops)
        .map(|(node, y)| {
            let x = places.get(node.column).map_or(0, |place| place.0);
            Rect { x, y: *y, width: node.width, height: node.height }
        })
        .collect();
    let mut openings = Vec::new();
    for ((path, _), route) in paths.iter().zip(&routes) {
        let mut open = |end: End, is_exit: bool, point: Option<&Point>| {
            if let (End::Beyond(side), Some(point)) = (end, point) {
                openings.push(Opening { net: path.net, side, is_exit, item: 0, height: point.y });
            }
        };
        open(path.from, false, route.first());
        open(path.to, true, route.last());
    }
    openings.sort_unstable();
    openings.dedup();
    let paths = paths.into_iter().map(|(path, _)| path).zip(routes.into_iter().zip(labels)).collect();
    Level { size, boxes, columns: places, paths, openings }
}
