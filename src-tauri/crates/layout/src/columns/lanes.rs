//! Lanes between nodes whose order is given: each takes the gap nearest to where it leads.
#![deny(clippy::indexing_slicing)]

use crate::at::{At, push};

use super::{Kind, Netlist, Node, Spacing};

/// A gap that no lane passes yet counts as this much further away than one that is a corridor already.
const NEW_CORRIDOR: i32 = 40;

/// Stacks the nodes of each column in the given order; gaps grow by the lanes that pass them.
pub(super) fn stack(netlist: &Netlist, nodes: &[Node], spacing: &Spacing) -> Vec<i32> {
    let members = members(netlist, nodes);
    let mut tops = vec![0; nodes.len()];
    for column in &members {
        let mut cursor = 0;
        for node in column {
            tops.put(*node, cursor);
            cursor += height(nodes, *node) + gap_of(nodes, *node);
        }
    }
    let wishes = wishes(netlist, &tops);
    tops.resize(netlist.items.len(), 0);
    for (column, lanes) in members.iter().zip(lanes(netlist, nodes.len(), &wishes)) {
        let mut passing: Vec<Vec<usize>> = vec![Vec::new(); column.len() + 1];
        for lane in lanes {
            let far = |gap: usize| {
                let middle = match (gap.checked_sub(1).map(|above| column.at(above)), column.get(gap).copied()) {
                    (_, Some(below)) if gap == 0 => tops.at(below),
                    (Some(above), _) => tops.at(above) + height(nodes, above) + gap_of(nodes, above) / 2,
                    _ => 0,
                };
                (middle - wishes.at(lane)).abs()
            };
            // Distances fall and rise again along the column.
            let nearest = column.partition_point(|node| tops.at(*node) + height(nodes, *node) / 2 < wishes.at(lane));
            let near = nearest.saturating_sub(1)..=(nearest + 1).min(column.len());
            let best = near.min_by_key(|gap| {
                (far(*gap) + if passing.get(*gap).is_none_or(Vec::is_empty) { NEW_CORRIDOR } else { 0 }, *gap)
            });
            push(&mut passing, best.unwrap_or(0), lane);
        }
        let mut cursor = 0;
        for (gap, lanes) in passing.iter().enumerate() {
            let count = i32::try_from(lanes.len()).unwrap_or(0);
            let band = (count - 1).max(0) * spacing.lane;
            let (is_first, is_last) = (gap == 0, gap == column.len());
            let usual = if is_first || is_last { 0 } else { gap_of(nodes, column.at(gap)) };
            let clear = if is_first { spacing.clearance } else { 2 * spacing.clearance };
            let room = if count == 0 { usual } else { usual.max(band + clear) };
            let start = cursor + if is_first { 0 } else { (room - band) / 2 };
            for (step, lane) in (0..).zip(lanes) {
                tops.put(*lane, start + step * spacing.lane);
            }
            cursor += room;
            if let Some(node) = column.get(gap) {
                tops.put(*node, cursor);
                cursor += height(nodes, *node);
            }
        }
    }
    tops
}

/// Keeps the nodes where they are and puts lanes into the free spaces between them.
pub(super) fn keep(netlist: &Netlist, nodes: &[Node], node_tops: &[i32], spacing: &Spacing) -> Vec<i32> {
    let wishes = wishes(netlist, node_tops);
    let mut tops: Vec<i32> = node_tops.to_vec();
    tops.resize(netlist.items.len(), 0);
    for (column, lanes) in members(netlist, nodes).iter().zip(lanes(netlist, nodes.len(), &wishes)) {
        if lanes.is_empty() {
            continue;
        }
        let mut spans: Vec<(i32, i32)> =
            column.iter().map(|node| (node_tops.at(*node), node_tops.at(*node) + height(nodes, *node))).collect();
        spans.sort_unstable();
        let bottom = spans.last().map_or(0, |span| span.1);
        let mut free: Vec<(i32, i32)> = spans.array_windows().map(|[above, below]| (above.1, below.0)).collect();
        free.retain(|gap| gap.1 - gap.0 >= 4);
        // Where lanes passed above the first node there is room above it.
        let first = spans.first().map_or(0, |span| span.0);
        if first >= spacing.clearance {
            free.insert(0, (0, first));
        }
        let needed = i32::try_from(lanes.len()).unwrap_or(0) * spacing.lane;
        free.push((bottom, bottom + 2 * spacing.clearance + needed));
        let mut chosen: Vec<Vec<usize>> = vec![Vec::new(); free.len()];
        for lane in lanes {
            let want = wishes.at(lane);
            let far = |gap: &(i32, i32)| (want - want.clamp(gap.0, gap.1)).abs();
            // Crowded gaps are as good as distant ones.
            let best = (0..free.len()).min_by_key(|at| {
                let gap = free.at(*at);
                let room = (gap.1 - gap.0 - spacing.clearance) / spacing.lane;
                let crowd = i32::try_from(chosen.get(*at).map_or(0, Vec::len)).unwrap_or(0) - room.max(0);
                (far(&gap) + crowd.max(0) * 200, *at)
            });
            if let Some(best) = best {
                push(&mut chosen, best, lane);
            }
        }
        for (at, (gap, lanes)) in free.iter().zip(&chosen).enumerate() {
            let is_last = at + 1 == free.len();
            let parts = i32::try_from(lanes.len()).unwrap_or(0) + 1;
            for (part, lane) in (1..).zip(lanes) {
                let top = if is_last {
                    gap.0 + spacing.clearance + (part - 1) * spacing.lane
                } else {
                    gap.0 + (gap.1 - gap.0) * part / parts
                };
                tops.put(*lane, top);
            }
        }
    }
    tops
}

fn height(nodes: &[Node], node: usize) -> i32 {
    nodes.get(node).map_or(0, |node| node.height)
}

fn gap_of(nodes: &[Node], node: usize) -> i32 {
    nodes.get(node).map_or(0, |node| node.gap)
}

/// Nodes of each column in the given order.
fn members(netlist: &Netlist, nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); netlist.columns];
    for (at, node) in nodes.iter().enumerate() {
        push(&mut members, node.column, at);
    }
    members
}

/// Lanes of each column, from the one that wants to be highest.
fn lanes(netlist: &Netlist, nodes: usize, wishes: &[i32]) -> Vec<Vec<usize>> {
    let mut lanes: Vec<Vec<usize>> = vec![Vec::new(); netlist.columns];
    for (item, lane) in netlist.items.iter().enumerate().skip(nodes).filter(|(_, item)| item.kind == Kind::Lane) {
        push(&mut lanes, lane.column, item);
    }
    for column in &mut lanes {
        column.sort_by_key(|lane| (wishes.at(*lane), *lane));
    }
    lanes
}

/// Where each lane would like to be: the middle of the ends of the wires it serves.
fn wishes(netlist: &Netlist, node_tops: &[i32]) -> Vec<i32> {
    let mut sums: Vec<(i64, i64)> = vec![(0, 0); netlist.items.len()];
    for wire in netlist.hops.chunk_by(|a, b| a.wire == b.wire) {
        let ends = || wire.iter().flat_map(|hop| [hop.from, hop.to]);
        let nodes = || ends().filter(|end| netlist.kind(end.item) == Kind::Node);
        let (sum, count) = nodes()
            .fold((0_i64, 0_i64), |(sum, count), end| (sum + i64::from(node_tops.at(end.item) + end.dy), count + 1));
        for lane in ends().filter(|end| netlist.kind(end.item) == Kind::Lane) {
            let (sums_so_far, counted) = sums.at(lane.item);
            sums.put(lane.item, (sums_so_far + sum, counted + count));
        }
    }
    sums.into_iter().map(|(sum, count)| i32::try_from(sum / count.max(1)).unwrap_or(0)).collect()
}
