//! A group: its leaves in role columns, the edges between them, and the stubs of links that come in and go out.

use crate::columns::{Node, Pin, Side, Solution, Spacing, Wire, solve};
use crate::geometry::{Point, Rect, Size};
use crate::input::{Group, Shape};

/// Room left, right and below the leaves of a group.
pub(crate) const PADDING: i32 = 12;

/// Between a leaf and the one that stands under it: room for the arrow.
const UNDER: i32 = 26;

/// Between leaves of a column, and between the cells of a grid.
const GAP: i32 = 14;

/// Edges that run against the reading direction arrive this far below the port.
const BELOW_PORT: i32 = 12;

const SPACING: Spacing = Spacing { gutter: 48, idle: 40, margin: 14, track: 8, lane: 10, clearance: 12 };

/// A group laid out; positions are relative to its own top left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupLayout {
    /// Its least size; where it is placed it may be given more.
    pub size: Size,
    /// A rectangle per leaf.
    pub leaves: Vec<Rect>,
    /// A route per edge; empty for an edge that is not drawn.
    pub routes: Vec<Route>,
    /// Per net that comes in or goes out on a leaf: the stub between the leaf and the group's edge.
    pub(crate) stubs: Vec<Stub>,
    /// Left edge and width of each role column that is used.
    pub(crate) columns: Vec<(u8, i32, i32)>,
    /// The width (of a grid) and the columns that it was made for.
    pub(crate) made_for: (i32, Vec<(u8, i32)>),
}

/// A line with its label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Its corners from the source to the target.
    pub points: Vec<Point>,
    /// Where its label stands, if there is room.
    pub label: Option<Rect>,
}

/// The part of a link inside its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stub {
    pub(crate) door: Door,
    /// In the direction of the link.
    pub(crate) points: Vec<Point>,
}

/// A net entering or leaving by a leaf, or by the group as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Door {
    pub(crate) net: u64,
    pub(crate) leaf: Option<usize>,
    pub(crate) is_exit: bool,
}

impl GroupLayout {
    pub(crate) fn was_made_for(&self, width: i32, align: &[(u8, i32)]) -> bool {
        self.made_for.0 == width && self.made_for.1 == align
    }

    /// Height of a net's door on the group's edge.
    pub(crate) fn door_height(&self, door: Door) -> i32 {
        let stub = self.stubs.binary_search_by_key(&door, |stub| stub.door).ok().map(|at| &self.stubs[at]);
        let end = stub.and_then(|stub| if door.is_exit { stub.points.last() } else { stub.points.first() });
        end.map_or(self.size.height / 2, |point| point.y)
    }

    pub(crate) fn stub(&self, door: Door) -> &[Point] {
        self.stubs.binary_search_by_key(&door, |stub| stub.door).map_or(&[], |at| &self.stubs[at].points)
    }
}

/// Lays a group out. `doors` are sorted; `width` is what a grid may take; `align` gives role columns their left edges.
pub(crate) fn lay_out(group: &Group, doors: &[Door], width: i32, align: &[(u8, i32)]) -> GroupLayout {
    let layout = match group.shape {
        Shape::Grid { stretch } => grid(group, doors, width, stretch),
        Shape::Columns => columns(group, doors, align),
    };
    GroupLayout { made_for: (width, align.to_vec()), ..layout }
}

/// The width a grid of so many cells of that width would like: about three times as wide as high.
pub(crate) fn grid_width(group: &Group) -> i32 {
    let (count, cell) = (group.leaves.len(), cell(group));
    let mut per_row = 1_usize;
    while per_row * (usize::try_from(cell.width).unwrap_or(1))
        < 3 * count.div_ceil(per_row) * (usize::try_from(cell.height).unwrap_or(1))
    {
        per_row += 1;
    }
    let per_row = i32::try_from(per_row.min(count).max(1)).unwrap_or(1);
    per_row * (cell.width + GAP) - GAP + 2 * padding(group)
}

fn padding(group: &Group) -> i32 {
    if group.header > 0 { PADDING } else { 0 }
}

fn cell(group: &Group) -> Size {
    Size {
        width: group.leaves.iter().map(|leaf| leaf.size.width).max().unwrap_or(0),
        height: group.leaves.iter().map(|leaf| leaf.size.height).max().unwrap_or(0),
    }
}

/// Leaves by id: the order of the input must not matter.
fn by_id(group: &Group) -> Vec<usize> {
    let mut order: Vec<usize> = (0..group.leaves.len()).collect();
    order.sort_by(|a, b| group.leaves[*a].id.cmp(&group.leaves[*b].id));
    order
}

fn grid(group: &Group, doors: &[Door], width: i32, stretch: bool) -> GroupLayout {
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
        for leaf in row {
            let Size { width, height } = group.leaves[*leaf].size;
            leaves[*leaf] = Rect { x, y, width: if stretch { cell_width } else { width }, height };
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
            let height = door.leaf.map_or(size.height / 2, |leaf| leaves[leaf].y + group.leaves[leaf].port);
            let x = if door.is_exit { size.width } else { 0 };
            // Cells of a grid have neighbours to the side: its links end on the group's edge.
            Stub { door: *door, points: vec![Point { x, y: height }] }
        })
        .collect();
    GroupLayout { size, leaves, routes: vec![Route::default(); group.edges.len()], stubs, ..GroupLayout::default() }
}

/// Where a leaf went: its node in the engine and its offset below that node's top.
struct Seats {
    node: Vec<usize>,
    offset: Vec<i32>,
    /// Leaves of each node from the top down.
    members: Vec<Vec<usize>>,
}

fn columns(group: &Group, doors: &[Door], align: &[(u8, i32)]) -> GroupLayout {
    let padding = padding(group);
    let roles = roles(group);
    let (seats, nodes, used) = seat(group, &roles);
    let port = |leaf: usize| seats.offset[leaf] + group.leaves[leaf].port;
    let column = |leaf: usize| nodes[seats.node[leaf]].column;
    // Where nothing leaves a card to the right, what arrives there may take the port itself.
    let mut leaves_right = vec![false; group.leaves.len()];
    for edge in &group.edges {
        if column(edge.from) <= column(edge.to) && seats.node[edge.from] != seats.node[edge.to] {
            leaves_right[edge.from] = true;
        }
    }
    for door in doors.iter().filter(|door| door.is_exit) {
        if let Some(leaf) = door.leaf {
            leaves_right[leaf] = true;
        }
    }
    let back = |leaf: usize| port(leaf) + if leaves_right[leaf] { BELOW_PORT } else { 0 };
    let mut wires: Vec<Wire> = Vec::new();
    // For each edge its wire and whether it runs from its target to its source.
    let mut wire_of: Vec<Option<(usize, bool)>> = vec![None; group.edges.len()];
    let mut has_edge_out = vec![false; group.leaves.len()];
    for (at, edge) in sorted_edges(group) {
        if seats.node[edge.from] == seats.node[edge.to] {
            continue;
        }
        let right = |leaf: usize, dy: i32| Pin::Port { node: seats.node[leaf], side: Side::Right, dy };
        let left = |leaf: usize, dy: i32| Pin::Port { node: seats.node[leaf], side: Side::Left, dy };
        let (from, to) = (edge.from, edge.to);
        let (start, end, backwards) = match column(from).cmp(&column(to)) {
            std::cmp::Ordering::Less => (right(from, port(from)), left(to, port(to)), false),
            std::cmp::Ordering::Equal => (right(from, port(from)), right(to, back(to)), false),
            std::cmp::Ordering::Greater => (right(to, back(to)), left(from, port(from)), true),
        };
        has_edge_out[if backwards { to } else { from }] = true;
        wire_of[at] = Some((wires.len(), backwards));
        let label = edge.label.map(|label| (label.size, label.text));
        wires.push(Wire { from: start, to: end, net: net_of(start), weight: edge.weight, label });
    }
    let first_stub = wires.len();
    for door in doors {
        let Some(leaf) = door.leaf else { continue };
        let node = seats.node[leaf];
        let (from, to) = if door.is_exit {
            // What leaves the group keeps clear of what stays: below on a tall card, above on a flat one.
            let height = group.leaves[leaf].size.height;
            let dy = match (has_edge_out[leaf], height >= 64) {
                (false, _) => port(leaf),
                (true, true) => seats.offset[leaf] + group.leaves[leaf].port + 2 * BELOW_PORT + 4,
                (true, false) => port(leaf) - BELOW_PORT,
            };
            (Pin::Port { node, side: Side::Right, dy }, Pin::Outside(Side::Right))
        } else {
            (Pin::Outside(Side::Left), Pin::Port { node, side: Side::Left, dy: port(leaf) })
        };
        wires.push(Wire { from, to, net: door.net, weight: 1, label: None });
    }
    let mut solution = solve(&nodes, &wires, &SPACING, None);
    if !align.is_empty() {
        solution = aligned(&nodes, &wires, solution, &used, align, padding);
    }
    assemble(group, doors, &seats, &nodes, &used, &solution, &wire_of, first_stub)
}

/// A net per port: what leaves one port may share its tracks.
fn net_of(pin: Pin) -> u64 {
    let Pin::Port { node, dy, .. } = pin else { return 0 };
    // Ports of one node differ by height, so the pair is unique; doors use hashes, which are far larger.
    (u64::try_from(node).unwrap_or(0) << 16) | u64::from(dy.unsigned_abs() & 0xffff)
}

fn sorted_edges(group: &Group) -> Vec<(usize, &crate::input::Edge)> {
    let mut edges: Vec<(usize, &crate::input::Edge)> = group.edges.iter().enumerate().collect();
    let id = |leaf: usize| &group.leaves[leaf].id;
    edges.sort_by(|(_, a), (_, b)| (id(a.from), id(a.to), a.weight).cmp(&(id(b.from), id(b.to), b.weight)));
    edges
}

/// Role of each leaf; those without stand one right of the rightmost that points at them.
fn roles(group: &Group) -> Vec<u8> {
    let mut roles: Vec<u8> = group.leaves.iter().map(|leaf| leaf.column.unwrap_or(0)).collect();
    let free = |leaf: usize| group.leaves[leaf].column.is_none();
    let mut waits = vec![0_u32; roles.len()];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); roles.len()];
    for edge in &group.edges {
        if free(edge.to) && edge.from != edge.to {
            out[edge.from].push(edge.to);
            waits[edge.to] += u32::from(free(edge.from));
            if !free(edge.from) {
                roles[edge.to] = roles[edge.to].max(roles[edge.from].saturating_add(1));
            }
        }
    }
    let mut ready: Vec<usize> = by_id(group).into_iter().filter(|leaf| free(*leaf) && waits[*leaf] == 0).collect();
    while let Some(leaf) = ready.pop() {
        for next in out[leaf].clone() {
            roles[next] = roles[next].max(roles[leaf].saturating_add(1));
            waits[next] = waits[next].saturating_sub(1);
            if waits[next] == 0 {
                ready.push(next);
            }
        }
    }
    roles
}

fn seat(group: &Group, roles: &[u8]) -> (Seats, Vec<Node>, Vec<u8>) {
    let count = group.leaves.len();
    let is_guest = |leaf: usize| {
        let host = group.leaves[leaf].under.filter(|host| *host < count && *host != leaf);
        host.filter(|host| group.leaves[*host].under.is_none())
    };
    let order = by_id(group);
    let mut used: Vec<u8> = order.iter().filter(|leaf| is_guest(**leaf).is_none()).map(|leaf| roles[*leaf]).collect();
    used.sort_unstable();
    used.dedup();
    let mut seats = Seats { node: vec![0; count], offset: vec![0; count], members: Vec::new() };
    let mut nodes = Vec::with_capacity(count);
    for leaf in order.iter().copied().filter(|leaf| is_guest(*leaf).is_none()) {
        seats.node[leaf] = nodes.len();
        seats.members.push(vec![leaf]);
        let Size { width, height } = group.leaves[leaf].size;
        let column = used.binary_search(&roles[leaf]).unwrap_or(0);
        nodes.push(Node { column, width, height, gap: GAP });
    }
    for leaf in order {
        let Some(host) = is_guest(leaf) else { continue };
        let node = seats.node[host];
        seats.node[leaf] = node;
        seats.offset[leaf] = nodes[node].height + UNDER;
        nodes[node].height += UNDER + group.leaves[leaf].size.height;
        nodes[node].width = nodes[node].width.max(group.leaves[leaf].size.width);
        seats.members[node].push(leaf);
    }
    (seats, nodes, used)
}

/// Routes again with the columns moved to where the neighbours of this group have theirs.
fn aligned(
    nodes: &[Node],
    wires: &[Wire],
    solution: Solution,
    used: &[u8],
    align: &[(u8, i32)],
    padding: i32,
) -> Solution {
    let mut columns: Vec<i32> = Vec::with_capacity(used.len());
    for (at, role) in used.iter().enumerate() {
        let wanted = align.iter().find(|entry| entry.0 == *role).map_or(0, |entry| entry.1 - padding);
        // Never nearer to the column before than the wires between them need.
        let least = match (at.checked_sub(1), solution.columns.get(at)) {
            (Some(before), Some(own)) => columns[before] + own.0 - solution.columns[before].0,
            (_, own) => own.map_or(0, |own| own.0),
        };
        columns.push(wanted.max(least));
    }
    let natural = solution.columns.last().map_or(0, |column| column.0);
    let width = solution.size.width + columns.last().map_or(0, |column| column - natural);
    let pinned = crate::columns::Pinned { tops: None, columns, width };
    solve(nodes, wires, &SPACING, Some(&pinned))
}

#[expect(clippy::too_many_arguments, reason = "the parts of one computation, each used once")]
fn assemble(
    group: &Group,
    doors: &[Door],
    seats: &Seats,
    nodes: &[Node],
    used: &[u8],
    solution: &Solution,
    wire_of: &[Option<(usize, bool)>],
    first_stub: usize,
) -> GroupLayout {
    let padding = padding(group);
    let origin = Point { x: padding, y: group.header };
    let leaves: Vec<Rect> = (0..group.leaves.len())
        .map(|leaf| {
            let node = seats.node[leaf];
            let Size { width, height } = group.leaves[leaf].size;
            let x = solution.columns.get(nodes[node].column).map_or(0, |column| column.0);
            Rect { x, y: solution.tops[node] + seats.offset[leaf], width, height }.moved(origin)
        })
        .collect();
    let moved = |points: &[Point]| points.iter().map(|point| point.plus(origin)).collect::<Vec<_>>();
    let routes = group
        .edges
        .iter()
        .zip(wire_of)
        .map(|(edge, wire)| match wire {
            Some((wire, backwards)) => {
                let mut points = moved(&solution.routes[*wire]);
                if *backwards {
                    points.reverse();
                }
                Route { points, label: solution.labels[*wire].map(|label| label.moved(origin)) }
            }
            None => upright(seats, &leaves, edge.from, edge.to),
        })
        .collect();
    let size = Size {
        width: (solution.size.width + 2 * padding).max(group.least_width),
        height: solution.size.height + group.header + padding,
    };
    let mut wire = first_stub;
    let stubs = doors
        .iter()
        .map(|door| {
            let mut points = Vec::new();
            if door.leaf.is_some() {
                points = moved(&solution.routes[wire]);
                wire += 1;
            }
            let x = if door.is_exit { size.width } else { 0 };
            let y = if door.is_exit { points.last() } else { points.first() }.map_or(group.header / 2, |point| point.y);
            if door.is_exit {
                points.push(Point { x, y })
            } else {
                points.insert(0, Point { x, y })
            }
            Stub { door: *door, points }
        })
        .collect();
    let columns = used.iter().zip(&solution.columns).map(|(role, (x, width))| (*role, x + padding, *width)).collect();
    GroupLayout { size, leaves, routes, stubs, columns, ..GroupLayout::default() }
}

/// A short line down (or up) between a leaf and the next one under it.
fn upright(seats: &Seats, leaves: &[Rect], from: usize, to: usize) -> Route {
    let members = &seats.members[seats.node[from]];
    let place = |leaf: usize| members.iter().position(|member| *member == leaf).unwrap_or(0);
    if from == to || place(from).abs_diff(place(to)) != 1 {
        return Route::default();
    }
    let x = leaves[from].x + leaves[from].width.min(leaves[to].width) / 2;
    let (start, end) = if leaves[from].y < leaves[to].y {
        (leaves[from].bottom(), leaves[to].y)
    } else {
        (leaves[from].y, leaves[to].bottom())
    };
    Route { points: vec![Point { x, y: start }, Point { x, y: end }], label: None }
}
