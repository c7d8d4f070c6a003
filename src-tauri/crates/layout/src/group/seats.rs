//! Where each leaf of a group sits: its role's column, under another leaf, or in a crowd.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{Door, GAP, Route, by_id};
use crate::columns::Node;
use crate::geometry::{Point, Rect, Size};
use crate::input::Group;

/// Between a leaf and the one that stands under it: room for the arrow.
const UNDER: i32 = 26;

/// So many leaves of one column with the same neighbours stand in a grid with one line for all.
pub(super) const CROWD: usize = 7;

/// Where a leaf went: its node in the engine and its offset from that node's top left.
pub(super) struct Seats {
    pub(super) node: Vec<usize>,
    pub(super) offset: Vec<Point>,
    /// Leaves of each node from the top down.
    members: Vec<Vec<usize>>,
    /// Edges that another one of their crowd stands for.
    silent: FxHashSet<usize>,
}

impl Seats {
    /// The leaves of a node from the top down.
    pub(super) fn members(&self, node: usize) -> &[usize] {
        self.members.get(node).map_or(&[], Vec::as_slice)
    }

    /// Whether an edge is drawn, or another one of its crowd instead.
    pub(super) fn speaks(&self, edge: usize) -> bool {
        !self.silent.contains(&edge)
    }
}

/// Role of each leaf; those without stand one right of the rightmost that points at them.
pub(super) fn roles(group: &Group) -> Vec<u8> {
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

/// Seats, the nodes for the engine and the roles of their columns.
pub(super) fn seat(group: &Group, roles: &[u8], doors: &[Door]) -> (Seats, Vec<Node>, Vec<u8>) {
    let count = group.leaves.len();
    let is_guest = |leaf: usize| {
        let host = group.leaves[leaf].under.filter(|host| *host < count && *host != leaf);
        host.filter(|host| group.leaves[*host].under.is_none())
    };
    let order = by_id(group);
    let hosted: Vec<usize> = order.iter().copied().filter(|leaf| is_guest(*leaf).is_none()).collect();
    let mut used: Vec<u8> = hosted.iter().map(|leaf| roles[*leaf]).collect();
    used.sort_unstable();
    used.dedup();
    let (crowds, silent) = crowds(group, roles, doors);
    let mut seats = Seats { node: vec![0; count], offset: vec![Point::default(); count], members: Vec::new(), silent };
    let mut nodes: Vec<Node> = Vec::with_capacity(count);
    let mut is_seated = vec![false; count];
    for leaf in hosted {
        if is_seated[leaf] {
            continue;
        }
        let members = crowds.iter().find(|crowd| crowd.contains(&leaf)).cloned().unwrap_or_else(|| vec![leaf]);
        let (offsets, size) = arrange(group, &members);
        for (member, offset) in members.iter().zip(offsets) {
            seats.node[*member] = nodes.len();
            seats.offset[*member] = offset;
            is_seated[*member] = true;
        }
        seats.members.push(members);
        let column = used.binary_search(&roles[leaf]).unwrap_or(0);
        nodes.push(Node { column, width: size.width, height: size.height, gap: GAP });
    }
    for leaf in order {
        let Some(host) = is_guest(leaf) else { continue };
        let node = seats.node[host];
        seats.node[leaf] = node;
        seats.offset[leaf].y = nodes[node].height + UNDER;
        nodes[node].height += UNDER + group.leaves[leaf].size.height;
        nodes[node].width = nodes[node].width.max(group.leaves[leaf].size.width);
        seats.members[node].push(leaf);
    }
    (seats, nodes, used)
}

/// The neighbours of a leaf, and whether the edge leaves it.
type Near = Vec<(usize, bool)>;

/// Leaves of one column that hang together with the same others and stand for themselves alone, and the edges of all
/// but the first of each crowd.
fn crowds(group: &Group, roles: &[u8], doors: &[Door]) -> (Vec<Vec<usize>>, FxHashSet<usize>) {
    let mut silent = FxHashSet::default();
    let count = group.leaves.len();
    if count < CROWD {
        return (Vec::new(), silent);
    }
    let mut is_free: Vec<bool> = group.leaves.iter().map(|leaf| leaf.under.is_none()).collect();
    let hosts = group.leaves.iter().filter_map(|leaf| leaf.under);
    for leaf in hosts.chain(doors.iter().filter_map(|door| door.leaf)).filter(|leaf| *leaf < count) {
        is_free[leaf] = false;
    }
    let mut near: Vec<Near> = vec![Near::new(); count];
    for edge in &group.edges {
        near[edge.from].push((edge.to, true));
        near[edge.to].push((edge.from, false));
    }
    let mut alike: BTreeMap<(u8, Near), Vec<usize>> = BTreeMap::new();
    for leaf in by_id(group).into_iter().filter(|leaf| is_free[*leaf]) {
        let mut key = std::mem::take(&mut near[leaf]);
        key.sort_unstable();
        key.dedup();
        alike.entry((roles[leaf], key)).or_default().push(leaf);
    }
    let crowds: Vec<Vec<usize>> = alike.into_values().filter(|leaves| leaves.len() >= CROWD).collect();
    let mut is_quiet = vec![false; count];
    for leaf in crowds.iter().flat_map(|crowd| crowd.iter().skip(1)) {
        is_quiet[*leaf] = true;
    }
    silent.extend((0..group.edges.len()).filter(|at| is_quiet[group.edges[*at].from] || is_quiet[group.edges[*at].to]));
    (crowds, silent)
}

/// Offsets of the leaves of a node and its size: a crowd is about twice as wide as high.
fn arrange(group: &Group, members: &[usize]) -> (Vec<Point>, Size) {
    let sizes = || members.iter().map(|leaf| group.leaves[*leaf].size);
    let cell = Size {
        width: sizes().map(|size| size.width).max().unwrap_or(0),
        height: sizes().map(|size| size.height).max().unwrap_or(0),
    };
    let count = i32::try_from(members.len()).unwrap_or(i32::MAX);
    let step = Size { width: cell.width + GAP, height: cell.height + GAP };
    let per_row =
        (1..=count).find(|per_row| per_row * step.width >= 2 * ((count + per_row - 1) / per_row) * step.height);
    let per_row = if count == 1 { 1 } else { per_row.unwrap_or(count) };
    let offsets = (0..count).map(|at| Point { x: at % per_row * step.width, y: at / per_row * step.height }).collect();
    let rows = (count + per_row - 1) / per_row;
    (offsets, Size { width: per_row * step.width - GAP, height: rows * step.height - GAP })
}

/// A short line down (or up) between a leaf and the next one under it.
pub(super) fn upright(seats: &Seats, leaves: &[Rect], from: usize, to: usize) -> Route {
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
