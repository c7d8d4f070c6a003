//! Lanes between nodes whose order is given: each takes the gap nearest to where it leads.

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
            tops[*node] = cursor;
            cursor += nodes[*node].height + nodes[*node].gap;
        }
    }
    let wishes = wishes(netlist, &tops);
    tops.resize(netlist.items.len(), 0);
    for (column, lanes) in members.iter().zip(lanes(netlist, nodes.len(), &wishes)) {
        let mut passing: Vec<Vec<usize>> = vec![Vec::new(); column.len() + 1];
        for lane in lanes {
            let far = |gap: usize| {
                let middle = match (gap.checked_sub(1).map(|above| column[above]), column.get(gap).copied()) {
                    (_, Some(below)) if gap == 0 => tops[below],
                    (Some(above), _) => tops[above] + nodes[above].height + nodes[above].gap / 2,
                    _ => 0,
                };
                (middle - wishes[lane]).abs()
            };
            // Distances fall and rise again along the column.
            let nearest = column.partition_point(|node| tops[*node] + nodes[*node].height / 2 < wishes[lane]);
            let near = nearest.saturating_sub(1)..=(nearest + 1).min(column.len());
            let best =
                near.min_by_key(|gap| (far(*gap) + if passing[*gap].is_empty() { NEW_CORRIDOR } else { 0 }, *gap));
            passing[best.unwrap_or(0)].push(lane);
        }
        let mut cursor = 0;
        for (gap, lanes) in passing.iter().enumerate() {
            let count = i32::try_from(lanes.len()).unwrap_or(0);
            let band = (count - 1).max(0) * spacing.lane;
            let (is_first, is_last) = (gap == 0, gap == column.len());
            let usual = if is_first || is_last { 0 } else { nodes[column[gap]].gap };
            let clear = if is_first { spacing.clearance } else { 2 * spacing.clearance };
            let room = if count == 0 { usual } else { usual.max(band + clear) };
            let start = cursor + if is_first { 0 } else { (room - band) / 2 };
            for (step, lane) in (0..).zip(lanes) {
                tops[*lane] = start + step * spacing.lane;
            }
            cursor += room;
            if let Some(node) = column.get(gap) {
                tops[*node] = cursor;
                cursor += nodes[*node].height;
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
            column.iter().map(|node| (node_tops[*node], node_tops[*node] + nodes[*node].height)).collect();
        spans.sort_unstable();
        let bottom = spans.last().map_or(0, |span| span.1);
        let mut free: Vec<(i32, i32)> = spans.windows(2).map(|pair| (pair[0].1, pair[1].0)).collect();
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
            let want = wishes[lane];
            let far = |gap: &(i32, i32)| (want - want.clamp(gap.0, gap.1)).abs();
            // Crowded gaps are as good as distant ones.
            let best = (0..free.len()).min_by_key(|at| {
                let room = (free[*at].1 - free[*at].0 - spacing.clearance) / spacing.lane;
                let crowd = i32::try_from(chosen[*at].len()).unwrap_or(0) - room.max(0);
                (far(&free[*at]) + crowd.max(0) * 200, *at)
            });
            if let Some(best) = best {
                chosen[best].push(lane);
            }
        }
        for (at, (gap, lanes)) in free.iter().zip(&chosen).enumerate() {
            let is_last = at + 1 == free.len();
            let parts = i32::try_from(lanes.len()).unwrap_or(0) + 1;
            for (part, lane) in (1..).zip(lanes) {
                tops[*lane] = if is_last {
                    gap.0 + spacing.clearance + (part - 1) * spacing.lane
                } else {
                    gap.0 + (gap.1 - gap.0) * part / parts
                };
            }
        }
    }
    tops
}

/// Nodes of each column in the given order.
fn members(netlist: &Netlist, nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); netlist.columns];
    for (at, node) in nodes.iter().enumerate() {
        members[node.column].push(at);
    }
    members
}

/// Lanes of each column, from the one that wants to be highest.
fn lanes(netlist: &Netlist, nodes: usize, wishes: &[i32]) -> Vec<Vec<usize>> {
    let mut lanes: Vec<Vec<usize>> = vec![Vec::new(); netlist.columns];
    for (item, lane) in netlist.items.iter().enumerate().skip(nodes).filter(|(_, item)| item.kind == Kind::Lane) {
        lanes[lane.column].push(item);
    }
    for column in &mut lanes {
        column.sort_by_key(|lane| (wishes[*lane], *lane));
    }
    lanes
}

/// Where each lane would like to be: the middle of the ends of the wires it serves.
fn wishes(netlist: &Netlist, node_tops: &[i32]) -> Vec<i32> {
    let mut sums: Vec<(i64, i64)> = vec![(0, 0); netlist.items.len()];
    for wire in netlist.hops.chunk_by(|a, b| a.wire == b.wire) {
        let ends = || wire.iter().flat_map(|hop| [hop.from, hop.to]);
        let nodes = || ends().filter(|end| netlist.items[end.item].kind == Kind::Node);
        let (sum, count) = nodes()
            .fold((0_i64, 0_i64), |(sum, count), end| (sum + i64::from(node_tops[end.item] + end.dy), count + 1));
        for lane in ends().filter(|end| netlist.items[end.item].kind == Kind::Lane) {
            sums[lane.item].0 += sum;
            sums[lane.item].1 += count;
        }
    }
    sums.into_iter().map(|(sum, count)| i32::try_from(sum / count.max(1)).unwrap_or(0)).collect()
}
