//! A group: its leaves in role columns, the edges between them, and the stubs of links that come in and go out.

mod arrivals;
mod grid;
mod part;
mod seats;
mod stay;

use std::sync::Arc;

use crate::at::At;
use crate::columns::{Heights, Node, Pin, Pinned, Side, Solution, Spacing, Wire, solve};
use crate::geometry::{Point, Rect, Size};
use crate::input::{Group, Label, Shape};

use seats::{CROWD, Seats, roles, seat, upright};

pub(crate) use grid::shapes;
pub(crate) use part::part_of;
use stay::Stay;
pub(crate) use stay::stay;

/// Room left, right and below the leaves of a group.
pub(crate) const PADDING: i32 = 12;

/// Between leaves of a column, and between the cells of a grid.
const GAP: i32 = 12;

/// What runs against the reading direction arrives and leaves this far below the port: another line fits in between.
const BELOW_PORT: i32 = 16;

/// What leaves a group by a tall leaf from which edges leave too does so this far below the port.
const FAR_BELOW_PORT: i32 = 28;

/// Height below the top of a group with a header at which links arrive that do not reach a leaf.
const ARRIVES: i32 = 12;

/// The same for links that leave by the group's edge.
const LEAVES: i32 = 22;

const SPACING: Spacing = Spacing { gutter: 34, idle: 16, margin: 12, track: 8, lane: 8, clearance: 10 };

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
    /// What it was made for beside the group itself.
    pub(crate) made_for: Wish,
}

/// What a group is asked for where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Nets that come in and go out, sorted.
    pub(crate) doors: Arc<[Door]>,
    /// What a grid may take.
    pub(crate) width: i32,
    /// Left edges of role columns.
    pub(crate) align: Vec<(u8, i32)>,
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
    /// Where the door's label stands, if there is room.
    pub(crate) label: Option<Rect>,
}

/// A net entering or leaving by a leaf, or by the group as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Door {
    pub(crate) net: u64,
    pub(crate) leaf: Option<usize>,
    pub(crate) is_exit: bool,
    pub(crate) side: Side,
    /// The label of a link that comes in, where it is to stand in the group.
    pub(crate) label: Option<Label>,
}

impl Door {
    /// Whether it passes against the reading direction: out to the left, or in from the right.
    fn is_turned(&self) -> bool {
        self.is_exit == (self.side == Side::Left)
    }
}

impl GroupLayout {
    /// Height of a net's door on the group's edge.
    pub(crate) fn door_height(&self, door: Door) -> i32 {
        let end = self.stub(door);
        let end = if door.is_exit { end.last() } else { end.first() };
        end.map_or(self.size.height / 2, |point| point.y)
    }

    pub(crate) fn stub(&self, door: Door) -> &[Point] {
        self.stubs.binary_search_by_key(&door, |stub| stub.door).map_or(&[], |at| &self.stubs[at].points)
    }

    pub(crate) fn door_label(&self, door: Door) -> Option<Rect> {
        let at = self.stubs.binary_search_by_key(&door, |stub| stub.door).ok()?;
        self.stubs.get(at)?.label
    }
}

/// Lays a group out.
pub(crate) fn compute(group: &Group, wish: Wish) -> GroupLayout {
    lay_out(group, wish, None)
}

/// In columns, leaves that have a place keep it.
fn lay_out(group: &Group, wish: Wish, places: Option<&Stay<'_>>) -> GroupLayout {
    let mut layout = match group.shape {
        Shape::Grid { stretch } => grid::grid(group, &wish.doors, wish.width, stretch),
        Shape::Columns => columns(group, &wish.doors, &wish.align, places),
    };
    join_at_edge(&mut layout.stubs, layout.size.width, padding(group));
    GroupLayout { made_for: wish, ..layout }
}

/// Lets every net pass the group's edge at one height on each side and in each direction, whatever it leads to: outside
/// of the group it is one line.
fn join_at_edge(stubs: &mut [Stub], width: i32, padding: i32) {
    let passage = |door: Door| (door.net, door.side, door.is_exit);
    let edge = |stub: &Stub| if stub.door.is_exit { stub.points.last() } else { stub.points.first() }.copied();
    // What reaches a leaf says where, before what stands for the group as a whole.
    stubs.sort_by_key(|stub| (passage(stub.door), stub.points.len() < 2, stub.door));
    for same in stubs.chunk_by_mut(|a, b| passage(a.door) == passage(b.door)) {
        let Some((first, others)) = same.split_first_mut() else { continue };
        let Some(Point { y, .. }) = edge(first) else { continue };
        for stub in others {
            let Some(point) = edge(stub).filter(|point| point.y != y) else { continue };
            if let [only] = &mut stub.points[..] {
                only.y = y;
                continue;
            }
            // Up or down in the padding, where no leaf stands.
            let x = if point.x == 0 { padding / 2 } else { width - padding / 2 };
            let mut turn = vec![Point { y, ..point }, Point { x, y }, Point { x, y: point.y }];
            if stub.door.is_exit {
                turn.reverse();
                stub.points.pop();
                stub.points.extend(turn);
            } else {
                stub.points.splice(..1, turn);
            }
        }
    }
    stubs.sort_by_key(|stub| stub.door);
}

/// Where a net that reaches no leaf passes the group's edge.
fn on_edge(group: &Group, size: Size, door: &Door) -> Point {
    let x = if door.side == Side::Right { size.width } else { 0 };
    let y = match (group.header, door.is_exit) {
        (header, _) if header < LEAVES => size.height / 2,
        (_, true) => LEAVES,
        (_, false) => ARRIVES,
    };
    Point { x, y }
}

fn padding(group: &Group) -> i32 {
    if group.header > 0 { PADDING } else { 0 }
}

/// Leaves by id: the order of the input must not matter.
fn by_id(group: &Group) -> Vec<usize> {
    let mut order: Vec<usize> = (0..group.leaves.len()).collect();
    order.sort_by(|a, b| group.leaves[*a].id.cmp(&group.leaves[*b].id));
    order
}

fn columns(group: &Group, doors: &[Door], align: &[(u8, i32)], places: Option<&Stay<'_>>) -> GroupLayout {
    let padding = padding(group);
    let roles = roles(group);
    let (seats, nodes, used) = seat(group, &roles, doors);
    let port = |leaf: usize| seats.offset[leaf].y + group.leaves[leaf].port;
    let column = |leaf: usize| nodes[seats.node[leaf]].column;
    // Where nothing leaves a card to the right, what arrives there may take the port itself.
    let mut leaves_right = vec![false; group.leaves.len()];
    for edge in &group.edges {
        if column(edge.from) <= column(edge.to) && seats.node[edge.from] != seats.node[edge.to] {
            leaves_right[edge.from] = true;
        }
    }
    for door in doors.iter().filter(|door| door.is_exit && door.side == Side::Right) {
        if let Some(leaf) = door.leaf {
            leaves_right[leaf] = true;
        }
    }
    let back = |leaf: usize| port(leaf) + if leaves_right[leaf] { BELOW_PORT } else { 0 };
    // Where something arrives from the left, what leaves to the left keeps clear of it.
    let mut arrives_left = vec![false; group.leaves.len()];
    for edge in group.edges.iter().filter(|edge| column(edge.from) < column(edge.to)) {
        arrives_left.put(edge.to, true);
    }
    for leaf in doors.iter().filter(|door| !door.is_exit && door.side == Side::Left).filter_map(|door| door.leaf) {
        arrives_left.put(leaf, true);
    }
    let out_left = |leaf: usize| port(leaf) + if arrives_left.at(leaf) { BELOW_PORT } else { 0 };
    let mut backs = vec![0_usize; group.leaves.len()];
    for edge in group.edges.iter().filter(|edge| column(edge.from) > column(edge.to)) {
        let count = backs.at(edge.to) + 1;
        backs.put(edge.to, count);
    }
    let mut wires: Vec<Wire> = Vec::new();
    // For each edge its wire and whether it runs from its target to its source.
    let mut wire_of: Vec<Option<(usize, bool)>> = vec![None; group.edges.len()];
    let mut has_edge_out = vec![false; group.leaves.len()];
    for (at, edge) in sorted_edges(group) {
        if seats.node[edge.from] == seats.node[edge.to] || !seats.speaks(at) {
            continue;
        }
        let right = |leaf: usize, dy: i32| Pin::Port { node: seats.node[leaf], side: Side::Right, dy };
        let left = |leaf: usize, dy: i32| Pin::Port { node: seats.node[leaf], side: Side::Left, dy };
        let (from, to) = (edge.from, edge.to);
        let (start, end, backwards) = match column(from).cmp(&column(to)) {
            std::cmp::Ordering::Less => (right(from, port(from)), left(to, port(to)), false),
            std::cmp::Ordering::Equal => (right(from, port(from)), right(to, back(to)), false),
            std::cmp::Ordering::Greater => (right(to, back(to)), left(from, out_left(from)), true),
        };
        // A track for each sender; what many send back to one leaf is one line.
        let sender = if backwards && backs.at(to) < CROWD { end } else { start };
        has_edge_out[if backwards { to } else { from }] = true;
        wire_of[at] = Some((wires.len(), backwards));
        let label = edge.label.map(|label| (label.size, label.text));
        wires.push(Wire { from: start, to: end, net: net_of(sender), weight: edge.weight, label });
    }
    let first_stub = wires.len();
    for door in doors {
        let Some(leaf) = door.leaf else { continue };
        let node = seats.node[leaf];
        let (from, to) = if door.is_turned() {
            // Routed in reading direction, and turned round afterwards. What leaves keeps clear of what arrives.
            match door.side {
                Side::Left => {
                    (Pin::Outside(Side::Left), Pin::Port { node, side: Side::Left, dy: port(leaf) + BELOW_PORT })
                }
                Side::Right => (Pin::Port { node, side: Side::Right, dy: back(leaf) }, Pin::Outside(Side::Right)),
            }
        } else if door.is_exit {
            // What leaves the group keeps clear of what stays: below on a tall card, above on a flat one.
            let height = group.leaves[leaf].size.height;
            let dy = match (has_edge_out[leaf], height >= 64) {
                (false, _) => port(leaf),
                (true, true) => port(leaf) + FAR_BELOW_PORT,
                (true, false) => port(leaf) - BELOW_PORT,
            };
            (Pin::Port { node, side: Side::Right, dy }, Pin::Outside(Side::Right))
        } else {
            (Pin::Outside(Side::Left), Pin::Port { node, side: Side::Left, dy: port(leaf) })
        };
        let label = door.label.map(|label| (label.size, label.text));
        wires.push(Wire { from, to, net: door.net, weight: 1, label });
    }
    let mut solution = solve(&nodes, &wires, &SPACING, Heights::Free, None);
    if let Some(places) = places {
        solution = places.kept(group, &seats, &nodes, &wires, &used, &solution);
    } else if !align.is_empty() {
        solution = aligned(&nodes, &wires, solution, &used, align, padding);
    }
    assemble(group, doors, &seats, &nodes, &used, &solution, &wire_of, first_stub)
}

/// A net per port: what leaves one port may share its tracks.
fn net_of(pin: Pin) -> u64 {
    let Pin::Port { node, side, dy } = pin else { return 0 };
    // Ports of one side of a node differ by height, so the triple is unique; doors use hashes, which are far larger.
    let node = (u64::try_from(node).unwrap_or(0) << 1) | u64::from(side == Side::Left);
    (node << 16) | u64::from(dy.unsigned_abs() & 0xffff)
}

fn sorted_edges(group: &Group) -> Vec<(usize, &crate::input::Edge)> {
    let mut edges: Vec<(usize, &crate::input::Edge)> = group.edges.iter().enumerate().collect();
    let id = |leaf: usize| &group.leaves[leaf].id;
    edges.sort_by(|(_, a), (_, b)| (id(a.from), id(a.to), a.weight).cmp(&(id(b.from), id(b.to), b.weight)));
    edges
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
    solve(nodes, wires, &SPACING, Heights::Free, Some(&Pinned { columns, width }))
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
            Rect { x, y: solution.tops[node], width, height }.moved(seats.offset[leaf]).moved(origin)
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
            None if seats.node[edge.from] == seats.node[edge.to] => upright(seats, &leaves, edge.from, edge.to),
            None => Route::default(),
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
            let mut points = vec![on_edge(group, size, door)];
            let mut label = None;
            if door.leaf.is_some() {
                points = moved(&solution.routes[wire]);
                label = solution.labels[wire].map(|label| label.moved(origin));
                wire += 1;
                if door.is_turned() {
                    points.reverse();
                }
                let height = if door.is_exit { points.last() } else { points.first() }.map_or(0, |point| point.y);
                let edge = Point { x: if door.side == Side::Right { size.width } else { 0 }, y: height };
                if door.is_exit {
                    points.push(edge);
                } else {
                    points.insert(0, edge);
                }
            }
            Stub { door: *door, points, label }
        })
        .collect();
    let columns = used.iter().zip(&solution.columns).map(|(role, (x, width))| (*role, x + padding, *width)).collect();
    let mut layout = GroupLayout { size, leaves, routes, stubs, columns, ..GroupLayout::default() };
    arrivals::spread(group, &mut layout);
    layout
}
