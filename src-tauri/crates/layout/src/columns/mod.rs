//! Nodes in columns, wires in the gutters between them: the one engine that every level of the picture uses.
//!
//! A wire leaves a node on a side, runs vertically in the gutter there, passes further columns in *lanes* between
//! their nodes, and so never crosses a node. Wires of one *net* (one source, or one busy target) share their tracks
//! and lanes: they read as a trunk with branches. The steps are those of Sugiyama's method with columns given:
//! order within the columns (`order`), rows that make wires straight (`rows`) or lanes between nodes whose order is
//! given (`lanes`), tracks in the gutters (`gutters`), labels (`labels`).

mod gutters;
mod labels;
mod lanes;
mod order;
mod rows;

use rustc_hash::FxHashMap;

use crate::geometry::{Point, Rect, Size, straighten};

/// A box in a column.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) column: usize,
    pub(crate) width: i32,
    pub(crate) height: i32,
    /// Distance kept to the nodes above and below.
    pub(crate) gap: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Side {
    Left,
    Right,
}

/// Where a wire ends: on a node's side, `dy` below its top, or anywhere on the outer edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Pin {
    Port { node: usize, side: Side, dy: i32 },
    Outside(Side),
}

#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) from: Pin,
    pub(crate) to: Pin,
    /// Wires of one net may lie on one another.
    pub(crate) net: u64,
    /// Heavier wires are made straight first.
    pub(crate) weight: u8,
    /// Size of the label and a number that equal texts share.
    pub(crate) label: Option<(Size, u64)>,
}

/// Distances, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Spacing {
    /// Least width of an inner gutter that wires pass.
    pub(crate) gutter: i32,
    /// Width of an inner gutter that none passes.
    pub(crate) idle: i32,
    /// Room between a gutter's edge and its first track.
    pub(crate) margin: i32,
    /// Between parallel tracks.
    pub(crate) track: i32,
    /// Between parallel lanes.
    pub(crate) lane: i32,
    /// Between a lane and a node.
    pub(crate) clearance: i32,
}

/// How the nodes get their heights.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Heights<'a> {
    /// Wherever wires become straight and cross little.
    Free,
    /// On top of one another in the given order; lanes widen the gaps that they pass.
    Stacked,
    /// As given; lanes share the gaps there are.
    Kept(&'a [i32]),
}

/// Columns that stand where they must.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pinned {
    /// Left edge of each column.
    pub(crate) columns: Vec<i32>,
    /// Width of everything.
    pub(crate) width: i32,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Solution {
    pub(crate) size: Size,
    /// Left edge and width of each column.
    pub(crate) columns: Vec<(i32, i32)>,
    pub(crate) tops: Vec<i32>,
    /// Corner points of each wire, from its `from` pin on.
    pub(crate) routes: Vec<Vec<Point>>,
    pub(crate) labels: Vec<Option<Rect>>,
}

/// A node or a lane, standing in a column.
#[derive(Clone, Debug)]
struct Item {
    column: usize,
    height: i32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The node of the same number: nodes come first among the items.
    Node,
    Lane,
    /// Where a net leaves the picture: in no column, at the height of what it leads to.
    Outside,
}

/// One end of a hop: on the left or right wall of its gutter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    item: usize,
    on_left_wall: bool,
    dy: i32,
}

/// The part of a wire inside one gutter.
#[derive(Clone, Debug)]
struct Hop {
    gutter: usize,
    net: u64,
    wire: usize,
    weight: u8,
    from: End,
    to: End,
}

/// The problem with its wires cut into hops at lanes.
struct Netlist {
    columns: usize,
    items: Vec<Item>,
    hops: Vec<Hop>,
    gaps: Vec<i32>,
}

/// Places the nodes (in `columns` columns, in the given order where nothing speaks for another) and routes the wires.
pub(crate) fn solve(
    nodes: &[Node],
    wires: &[Wire],
    spacing: &Spacing,
    heights: Heights<'_>,
    pinned: Option<&Pinned>,
) -> Solution {
    let columns = nodes.iter().map(|node| node.column + 1).max().unwrap_or(0);
    let netlist = cut(nodes, wires, columns);
    let mut item_tops = match heights {
        Heights::Free => rows::place(&netlist, &order::order(&netlist), spacing),
        Heights::Stacked => lanes::stack(&netlist, nodes, spacing),
        Heights::Kept(tops) => lanes::keep(&netlist, nodes, tops, spacing),
    };
    netlist.set_outside(&mut item_tops);
    let heights = netlist.items.iter().zip(&item_tops).map(|(item, top)| top + item.height);
    let height = heights.max().unwrap_or(0);
    let gutters = gutters::tracks(&netlist, wires, &item_tops, spacing);
    let mut widths: Vec<i32> = vec![0; columns];
    for node in nodes {
        widths[node.column] = widths[node.column].max(node.width);
    }
    let needs = gutters::widths(&netlist, &gutters, wires, spacing);
    let (column_xs, width) = match pinned {
        Some(pinned) if pinned.columns.len() == columns => (pinned.columns.clone(), pinned.width),
        _ => spread(&widths, &needs),
    };
    let walls = walls(&column_xs, &widths, width);
    let track_xs = gutters::positions(&gutters, &walls, spacing);
    let right_edges: Vec<i32> = nodes.iter().map(|node| column_xs[node.column] + node.width).collect();
    let routes = routes(&netlist, wires.len(), &item_tops, &walls, &right_edges, &gutters, &track_xs);
    let rects: Vec<Rect> = nodes
        .iter()
        .zip(&item_tops)
        .map(|(node, top)| Rect { x: column_xs[node.column], y: *top, width: node.width, height: node.height })
        .collect();
    let labels = labels::place(wires, &routes, &rects, Size { width, height });
    Solution {
        size: Size { width, height },
        columns: column_xs.into_iter().zip(widths).collect(),
        tops: item_tops[..nodes.len()].to_vec(),
        routes,
        labels,
    }
}

/// Items and hops as they come up.
#[derive(Default)]
struct Cutter {
    items: Vec<Item>,
    lanes: FxHashMap<(u64, usize), usize>,
    outside: FxHashMap<(u64, Side), usize>,
}

impl Cutter {
    /// Gutter and end of a pin.
    fn end(&mut self, pin: Pin, net: u64, columns: usize) -> (usize, End) {
        match pin {
            Pin::Port { node, side: Side::Left, dy } => {
                (self.items[node].column, End { item: node, on_left_wall: false, dy })
            }
            Pin::Port { node, side: Side::Right, dy } => {
                (self.items[node].column + 1, End { item: node, on_left_wall: true, dy })
            }
            Pin::Outside(side) => {
                let items = &mut self.items;
                let item = *self.outside.entry((net, side)).or_insert_with(|| {
                    items.push(Item { column: columns, height: 0, kind: Kind::Outside });
                    items.len() - 1
                });
                let on_left_wall = side == Side::Left;
                (if on_left_wall { 0 } else { columns }, End { item, on_left_wall, dy: 0 })
            }
        }
    }

    fn lane(&mut self, net: u64, column: usize) -> usize {
        let items = &mut self.items;
        *self.lanes.entry((net, column)).or_insert_with(|| {
            items.push(Item { column, height: 0, kind: Kind::Lane });
            items.len() - 1
        })
    }
}

fn cut(nodes: &[Node], wires: &[Wire], columns: usize) -> Netlist {
    let items = nodes.iter().map(|node| Item { column: node.column, height: node.height, kind: Kind::Node }).collect();
    let mut cutter = Cutter { items, ..Cutter::default() };
    let mut hops = Vec::with_capacity(wires.len());
    for (at, wire) in wires.iter().enumerate() {
        let (start, mut from) = cutter.end(wire.from, wire.net, columns);
        let (goal, to) = cutter.end(wire.to, wire.net, columns);
        let mut hop = |gutter: usize, from: End, to: End| {
            hops.push(Hop { gutter, net: wire.net, wire: at, weight: wire.weight, from, to });
        };
        let forward = start < goal;
        let crossed = if forward { start..goal } else { goal..start };
        for step in 0..crossed.len() {
            let column = if forward { crossed.start + step } else { crossed.end - 1 - step };
            let lane = cutter.lane(wire.net, column);
            let left = End { item: lane, on_left_wall: false, dy: 0 };
            let right = End { item: lane, on_left_wall: true, dy: 0 };
            if forward {
                hop(column, from, left);
                from = right;
            } else {
                hop(column + 1, from, right);
                from = left;
            }
        }
        hop(goal, from, to);
    }
    Netlist { columns, items: cutter.items, hops, gaps: nodes.iter().map(|node| node.gap).collect() }
}

/// Left edges of the columns and the whole width, from column widths and gutter widths.
fn spread(widths: &[i32], gutters: &[i32]) -> (Vec<i32>, i32) {
    let mut x = 0;
    let mut columns = Vec::with_capacity(widths.len());
    for (width, gutter) in widths.iter().zip(gutters) {
        x += gutter;
        columns.push(x);
        x += width;
    }
    (columns, x + gutters.last().copied().unwrap_or(0))
}

/// Left and right wall of each gutter.
fn walls(columns: &[i32], widths: &[i32], width: i32) -> Vec<(i32, i32)> {
    (0..=columns.len())
        .map(|gutter| {
            let left = if gutter == 0 { 0 } else { columns[gutter - 1] + widths[gutter - 1] };
            (left, columns.get(gutter).copied().unwrap_or(width))
        })
        .collect()
}

impl Netlist {
    /// Heights at which a hop's ends stand.
    fn ends(&self, hop: &Hop, tops: &[i32]) -> (i32, i32) {
        (tops[hop.from.item] + hop.from.dy, tops[hop.to.item] + hop.to.dy)
    }

    /// The ends of a hop from the left wall to the right one, where both stand in columns.
    fn across(&self, hop: &Hop) -> Option<(End, End)> {
        let (left, right) = if hop.from.on_left_wall { (hop.from, hop.to) } else { (hop.to, hop.from) };
        let inside = |end: End| self.items[end.item].kind != Kind::Outside;
        (left.on_left_wall != right.on_left_wall && inside(left) && inside(right)).then_some((left, right))
    }

    /// Puts what leaves the picture at the (lower) middle height of what it leads to.
    fn set_outside(&self, tops: &mut [i32]) {
        let mut heights: Vec<(usize, i32)> = Vec::new();
        for hop in &self.hops {
            for (end, other) in [(hop.from, hop.to), (hop.to, hop.from)] {
                if self.items[end.item].kind == Kind::Outside {
                    heights.push((end.item, tops[other.item] + other.dy));
                }
            }
        }
        heights.sort_unstable();
        for part in heights.chunk_by(|a, b| a.0 == b.0) {
            tops[part[0].0] = part[(part.len() - 1) / 2].1;
        }
    }

    /// What an item is.
    fn kind(&self, item: usize) -> Kind {
        self.items.get(item).map_or(Kind::Outside, |item| item.kind)
    }

    /// How high an item is.
    fn height(&self, item: usize) -> i32 {
        self.items.get(item).map_or(0, |item| item.height)
    }

    /// Least distance between the bottom of one item and the top of the next below it.
    fn distance(&self, above: usize, below: usize, spacing: &Spacing) -> i32 {
        match (self.items[above].kind, self.items[below].kind) {
            (Kind::Node, Kind::Node) => self.gaps[above].max(self.gaps[below]),
            (Kind::Lane, Kind::Lane) => spacing.lane,
            _ => spacing.clearance,
        }
    }
}

fn routes(
    netlist: &Netlist,
    wires: usize,
    tops: &[i32],
    walls: &[(i32, i32)],
    right_edges: &[i32],
    gutters: &[gutters::Gutter],
    track_xs: &[Vec<i32>],
) -> Vec<Vec<Point>> {
    let mut routes: Vec<Vec<Point>> = vec![Vec::new(); wires];
    for hop in &netlist.hops {
        let (from_y, to_y) = netlist.ends(hop, tops);
        let (left, right) = walls[hop.gutter];
        // A node may be narrower than its column.
        let wall = |end: &End| {
            if end.on_left_wall { right_edges.get(end.item).copied().unwrap_or(left) } else { right }
        };
        let route = &mut routes[hop.wire];
        route.push(Point { x: wall(&hop.from), y: from_y });
        if let Some(track) = gutters[hop.gutter].track_of(hop.net) {
            let x = track_xs[hop.gutter][track];
            route.push(Point { x, y: from_y });
            route.push(Point { x, y: to_y });
        }
        route.push(Point { x: wall(&hop.to), y: to_y });
    }
    for route in &mut routes {
        straighten(route);
    }
    routes
}
