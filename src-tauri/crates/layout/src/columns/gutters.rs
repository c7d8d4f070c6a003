//! Tracks: which vertical line of a gutter each net runs on, and how wide the gutter must be.

use super::{Hop, Kind, Netlist, Pin, Spacing, Wire};

/// Above this many nets in one gutter the exact ordering gives way to a plain sort.
const EXACT: usize = 48;

/// Two stubs nearer than this read as one line.
const NEAR: i32 = 6;

/// Room before and behind a label: for the track and its distance from the wall, a corner, and the arrow's head.
const AROUND_LABEL: i32 = 26;

/// A net as it stands in one gutter.
struct Net {
    id: u64,
    top: i32,
    bottom: i32,
    /// Heights at the left and right wall.
    lefts: Vec<i32>,
    rights: Vec<i32>,
}

/// The nets of one gutter with their tracks; straight ones have none.
#[derive(Default)]
pub(super) struct Gutter {
    /// Ordered by net: (net, track).
    tracks: Vec<(u64, usize)>,
    count: usize,
    /// Whether anything passes here at all.
    used: bool,
    /// Whether a label stands before an arrow here.
    has_label: bool,
}

impl Gutter {
    pub(super) fn track_of(&self, net: u64) -> Option<usize> {
        self.tracks.binary_search_by_key(&net, |entry| entry.0).ok().map(|at| self.tracks[at].1)
    }
}

/// Assigns tracks in every gutter.
pub(super) fn tracks(netlist: &Netlist, wires: &[Wire], tops: &[i32], spacing: &Spacing) -> Vec<Gutter> {
    let mut has_label = vec![false; netlist.columns + 1];
    for hop in &netlist.hops {
        let wire = &wires[hop.wire];
        has_label[hop.gutter] |= wire.label.is_some() && netlist.reaches_end(hop, wire);
    }
    let mut pins: Vec<Vec<(u64, bool, i32)>> = vec![Vec::new(); netlist.columns + 1];
    for hop in &netlist.hops {
        let (from, to) = netlist.ends(hop, tops);
        pins[hop.gutter].push((hop.net, hop.from.on_left_wall, from));
        pins[hop.gutter].push((hop.net, hop.to.on_left_wall, to));
    }
    let solved = pins.into_iter().map(|pins| gutter(pins, spacing));
    solved.zip(has_label).map(|(gutter, has_label)| Gutter { has_label, ..gutter }).collect()
}

fn gutter(mut pins: Vec<(u64, bool, i32)>, spacing: &Spacing) -> Gutter {
    pins.sort_unstable();
    pins.dedup();
    let mut nets: Vec<Net> = Vec::new();
    for part in pins.chunk_by(|a, b| a.0 == b.0) {
        let heights = |on_left: bool| part.iter().filter(|pin| pin.1 == on_left).map(|pin| pin.2).collect::<Vec<_>>();
        let (lefts, rights) = (heights(true), heights(false));
        let all = || part.iter().map(|pin| pin.2);
        let (Some(top), Some(bottom)) = (all().min(), all().max()) else { continue };
        // One height on both walls is a straight line; both ends on one wall always turn round on a track.
        let is_straight = top == bottom && !lefts.is_empty() && !rights.is_empty();
        if !is_straight {
            nets.push(Net { id: part[0].0, top, bottom, lefts, rights });
        }
    }
    let order = sequence(&nets);
    let mut track = vec![0_usize; nets.len()];
    for (at, net) in order.iter().copied().enumerate() {
        let free = order[..at]
            .iter()
            .filter(|other| {
                nets[**other].top - spacing.track < nets[net].bottom
                    && nets[net].top - spacing.track < nets[**other].bottom
            })
            .map(|other| track[*other] + 1)
            .max();
        track[net] = free.unwrap_or(0);
    }
    let count = track.iter().map(|track| track + 1).max().unwrap_or(0);
    let tracks = nets.iter().map(|net| net.id).zip(track).collect();
    Gutter { tracks, count, used: !pins.is_empty(), has_label: false }
}

/// Nets from left to right with few crossings: each is inserted where it crosses the others least.
fn sequence(nets: &[Net]) -> Vec<usize> {
    let mut first: Vec<usize> = (0..nets.len()).collect();
    // Those that turn down at once keep to the right of what starts above them.
    first.sort_by_key(|at| {
        let net = &nets[*at];
        let goes_up = net.lefts.first().unwrap_or(&net.top) > net.rights.first().unwrap_or(&net.top);
        (goes_up, if goes_up { net.top } else { -net.bottom }, net.id)
    });
    if nets.len() > EXACT {
        return first;
    }
    let mut order: Vec<usize> = Vec::with_capacity(nets.len());
    for net in first {
        // Cost of each place, walking it from the far left to the far right.
        let mut cost: i64 = order.iter().map(|other| left_of(&nets[net], &nets[*other])).sum();
        let (mut best, mut least) = (0, cost);
        for (at, other) in order.iter().enumerate() {
            cost += left_of(&nets[*other], &nets[net]) - left_of(&nets[net], &nets[*other]);
            if cost < least {
                (best, least) = (at + 1, cost);
            }
        }
        order.insert(best, net);
    }
    order
}

/// Crossings where `a` runs left of `b`; stubs that would lie on one another weigh like many.
fn left_of(a: &Net, b: &Net) -> i64 {
    let inside = |net: &Net, height: &&i32| net.top < **height && **height < net.bottom;
    let crossed = b.lefts.iter().filter(|height| inside(a, height)).count()
        + a.rights.iter().filter(|height| inside(b, height)).count();
    let mut cost = i64::try_from(crossed).unwrap_or(i64::MAX);
    for right in &a.rights {
        cost += b.lefts.iter().filter(|left| (*left - right).abs() < NEAR).count() as i64 * 20;
    }
    cost
}

/// Least width of each gutter.
pub(super) fn widths(netlist: &Netlist, gutters: &[Gutter], wires: &[Wire], spacing: &Spacing) -> Vec<i32> {
    let mut label: Vec<i32> = vec![0; gutters.len()];
    for hop in &netlist.hops {
        // The label stands before the far end, so only that end's gutter makes room for it.
        let wire = &wires[hop.wire];
        if let Some((size, _)) = wire.label
            && netlist.reaches_end(hop, wire)
        {
            label[hop.gutter] = label[hop.gutter].max(size.width + AROUND_LABEL);
        }
    }
    gutters
        .iter()
        .zip(label)
        .enumerate()
        .map(|(at, (gutter, label))| {
            let is_outer = at == 0 || at + 1 == gutters.len();
            let tracks = band(gutter.count, spacing);
            if is_outer {
                let for_tracks = if gutter.count == 0 { 0 } else { tracks + 2 * spacing.margin };
                return for_tracks.max(if label > 0 { label + tracks } else { 0 });
            }
            let least = if gutter.used { spacing.gutter } else { spacing.idle };
            let for_tracks = if gutter.count == 0 { 0 } else { tracks + 2 * spacing.margin };
            least.max(for_tracks).max(label + if label > 0 { tracks } else { 0 })
        })
        .collect()
}

/// From the first track to the last.
fn band(count: usize, spacing: &Spacing) -> i32 {
    i32::try_from(count.saturating_sub(1)).unwrap_or(0) * spacing.track
}

/// Where each track of each gutter runs.
pub(super) fn positions(gutters: &[Gutter], walls: &[(i32, i32)], spacing: &Spacing) -> Vec<Vec<i32>> {
    gutters
        .iter()
        .zip(walls)
        .map(|(gutter, (left, right))| {
            let band = band(gutter.count, spacing);
            let room = right - left;
            if band + spacing.margin > room {
                // Pinned and too narrow: all tracks share what there is.
                let parts = i32::try_from(gutter.count).unwrap_or(0) + 1;
                return (1..parts).map(|part| left + room * part / parts).collect();
            }
            // Labels stand before the arrows, so there tracks keep to the left; else they stand in the middle.
            let middle = (room - band) / 2;
            let start = left + if gutter.has_label { spacing.margin.min(middle) } else { middle };
            (0..).map(|step| start + step * spacing.track).take(gutter.count).collect()
        })
        .collect()
}

impl Netlist {
    /// Whether this hop is the one that reaches the wire's far end.
    fn reaches_end(&self, hop: &Hop, wire: &Wire) -> bool {
        match wire.to {
            Pin::Port { node, .. } => hop.to.item == node,
            Pin::Outside(_) => self.items[hop.to.item].kind == Kind::Outside,
        }
    }
}
