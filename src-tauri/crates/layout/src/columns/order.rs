//! Order within the columns: barycentre sweeps, the order with the fewest crossings wins
//! (Sugiyama 1981; crossings counted after Barth, Jünger and Mutzel 2002).

use super::{Kind, Netlist};

/// More sweeps change little and cost as much as all the rest.
const SWEEPS: usize = 6;

/// Fixed-point one: barycentres are compared as integers.
const ONE: i64 = 1 << 10;

/// Items of each column from top to bottom.
pub(super) fn order(netlist: &Netlist) -> Vec<Vec<usize>> {
    let links = Links::new(netlist);
    let mut order = first_order(netlist, &links);
    if !links.pairs.iter().all(Vec::is_empty) {
        order = sweep(netlist, &links, order);
    }
    settle_turns(netlist, &mut order);
    order
}

/// Sorts by barycentres to and fro and keeps the best.
fn sweep(netlist: &Netlist, links: &Links, mut order: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let mut position = positions(&order, netlist.items.len());
    let mut best = order.clone();
    let mut fewest = links.crossings(&position);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let rightwards = sweep % 2 == 0;
        let columns: Vec<usize> =
            if rightwards { (0..order.len()).collect() } else { (0..order.len()).rev().collect() };
        let before = order.clone();
        for column in columns {
            let neighbours = if rightwards { &links.left } else { &links.right };
            sort_by_barycentre(&mut order[column], neighbours, &position);
            for (at, item) in order[column].iter().enumerate() {
                position[*item] = at;
            }
        }
        let crossings = links.crossings(&position);
        if crossings < fewest {
            fewest = crossings;
            best.clone_from(&order);
        }
        if order == before && sweep > 0 {
            break;
        }
    }
    best
}

/// A wire that turns back passes its own column: its lane belongs between the two ends, not wherever it came in.
fn settle_turns(netlist: &Netlist, order: &mut [Vec<usize>]) {
    let mut partners: Vec<Vec<usize>> = vec![Vec::new(); netlist.items.len()];
    for hop in &netlist.hops {
        let (a, b) = (hop.from, hop.to);
        if a.on_left_wall == b.on_left_wall && netlist.items[a.item].column == netlist.items[b.item].column {
            partners[a.item].push(b.item);
            partners[b.item].push(a.item);
        }
    }
    for column in order {
        let is_turning = |item: usize| netlist.items[item].kind == Kind::Lane && !partners[item].is_empty();
        let (turning, mut rest): (Vec<usize>, Vec<usize>) = column.iter().partition(|item| is_turning(**item));
        let mut wishes: Vec<(usize, usize)> = turning
            .into_iter()
            .map(|lane| {
                let places: Vec<usize> =
                    partners[lane].iter().filter_map(|other| rest.iter().position(|item| item == other)).collect();
                // Below the upper of the ends, so that the way is no longer than the nodes are apart.
                let ends = places.iter().min().copied().zip(places.iter().max().copied());
                (ends.map_or(rest.len(), |(first, last)| first.midpoint(last) + 1), lane)
            })
            .collect();
        wishes.sort_unstable();
        for (at, lane) in wishes.into_iter().rev() {
            rest.insert(at.min(rest.len()), lane);
        }
        *column = rest;
    }
}

/// Per item its neighbours to either side, per gutter its pairs; ends carry their share of the item's height.
struct Links {
    left: Vec<Vec<(usize, i64)>>,
    right: Vec<Vec<(usize, i64)>>,
    pairs: Vec<Vec<(usize, i64, usize, i64)>>,
}

impl Links {
    fn new(netlist: &Netlist) -> Self {
        let count = netlist.items.len();
        let mut links = Self {
            left: vec![Vec::new(); count],
            right: vec![Vec::new(); count],
            pairs: vec![Vec::new(); netlist.columns + 1],
        };
        for hop in &netlist.hops {
            let Some((a, b)) = netlist.across(hop) else { continue };
            let (left, right) = (a.item, b.item);
            let share = |item: usize, dy: i32| i64::from(dy) * ONE / i64::from(netlist.items[item].height + 1);
            let (left_share, right_share) = (share(left, a.dy), share(right, b.dy));
            let pair = (left, left_share, right, right_share);
            if links.pairs[hop.gutter].last() == Some(&pair) {
                continue;
            }
            links.pairs[hop.gutter].push(pair);
            links.left[right].push((left, left_share));
            links.right[left].push((right, right_share));
        }
        links
    }

    fn crossings(&self, position: &[usize]) -> u64 {
        let at = |item: usize, share: i64| i64::try_from(position[item]).unwrap_or(0) * ONE + share;
        self.pairs
            .iter()
            .map(|pairs| {
                let mut ends: Vec<(i64, i64)> = pairs.iter().map(|(a, x, b, y)| (at(*a, *x), at(*b, *y))).collect();
                ends.sort_unstable();
                inversions(&ends)
            })
            .sum()
    }
}

/// Pairs that stand in the other order on the right than on the left (equal ends do not cross).
fn inversions(ends: &[(i64, i64)]) -> u64 {
    let mut rights: Vec<i64> = ends.iter().map(|end| end.1).collect();
    rights.sort_unstable();
    rights.dedup();
    let mut tree = vec![0_u64; rights.len() + 1];
    let mut crossings = 0;
    for (seen, (_, right)) in (0_u64..).zip(ends) {
        let rank = rights.partition_point(|other| other < right) + 1;
        let mut not_above = 0;
        let mut at = rank;
        while at > 0 {
            not_above += tree[at];
            at &= at - 1;
        }
        crossings += seen - not_above;
        let mut at = rank;
        while at < tree.len() {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    crossings
}

/// Depth-first from the left and in the given order, so that trees come out without a crossing at once and
/// connected things stand together.
fn first_order(netlist: &Netlist, links: &Links) -> Vec<Vec<usize>> {
    let mut order = vec![Vec::new(); netlist.columns];
    let mut seen = vec![false; netlist.items.len()];
    let mut roots: Vec<usize> =
        (0..netlist.items.len()).filter(|item| netlist.items[*item].kind != Kind::Outside).collect();
    roots.sort_by_key(|item| (netlist.items[*item].column, *item));
    // Whole components in the order of their first node in the given order, not of their leftmost column.
    let component = components(links, netlist.items.len());
    roots.sort_by_key(|item| component[*item]);
    let mut stack = Vec::new();
    for root in roots {
        stack.push(root);
        while let Some(item) = stack.pop() {
            if std::mem::replace(&mut seen[item], true) {
                continue;
            }
            order[netlist.items[item].column].push(item);
            let next = links.right[item].iter().rev().chain(links.left[item].iter().rev());
            stack.extend(next.map(|(other, _)| *other).filter(|other| !seen[*other]));
        }
    }
    order
}

/// For each item the smallest item connected with it.
fn components(links: &Links, count: usize) -> Vec<usize> {
    let mut component = vec![usize::MAX; count];
    let mut stack = Vec::new();
    for root in 0..count {
        if component[root] != usize::MAX {
            continue;
        }
        stack.push(root);
        while let Some(item) = stack.pop() {
            if component[item] != usize::MAX {
                continue;
            }
            component[item] = root;
            stack.extend(links.right[item].iter().chain(&links.left[item]).map(|(other, _)| *other));
        }
    }
    component
}

fn positions(order: &[Vec<usize>], count: usize) -> Vec<usize> {
    let mut position = vec![0; count];
    for column in order {
        for (at, item) in column.iter().enumerate() {
            position[*item] = at;
        }
    }
    position
}

/// Sorts the items that have neighbours among the places they hold; the others stay where they are.
fn sort_by_barycentre(column: &mut [usize], neighbours: &[Vec<(usize, i64)>], position: &[usize]) {
    let places: Vec<usize> = (0..column.len()).filter(|at| !neighbours[column[*at]].is_empty()).collect();
    let mut sorted: Vec<(i64, usize)> = places
        .iter()
        .map(|at| {
            let near = &neighbours[column[*at]];
            let sum: i64 =
                near.iter().map(|(item, share)| i64::try_from(position[*item]).unwrap_or(0) * ONE + share).sum();
            (sum * ONE / i64::try_from(near.len()).unwrap_or(1), column[*at])
        })
        .collect();
    sorted.sort_by_key(|(barycentre, _)| *barycentre);
    for (at, (_, item)) in places.into_iter().zip(sorted) {
        column[at] = item;
    }
}
