//! Lines of several senders that end at one card: each arrives at a height of its own, so that none reads as another.
//! Where there are more than a card's side has room for, they end in one.

use rustc_hash::FxHashMap;

use crate::geometry::{Point, Rect};
use crate::group::Route;

/// Between two arrows.
const STEP: i32 = 8;

/// The same where that is too much.
const LEAST_STEP: i32 = 5;

/// What stays free at a card's corners.
const CORNER: i32 = 7;

/// What is left at least of the upright piece before the last one.
const UPRIGHT: i32 = 4;

/// The turn before the last piece of a line.
#[derive(Clone, Copy, Debug)]
struct Turn {
    corner: Point,
    /// How far from the card it is.
    far: i32,
    comes_down: bool,
    /// Heights that its last piece can have.
    room: (i32, i32),
}

/// Pieces of all lines around, level ones by their heights and upright ones by where they stand, and their labels.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    level: FxHashMap<i32, Vec<Piece>>,
    upright: FxHashMap<i32, Vec<Piece>>,
    labels: FxHashMap<i32, Vec<Rect>>,
}

/// Labels are looked up by bands of this height; none is higher.
const BAND: i32 = 32;

/// From where to where a piece runs, and whose it is: lines of one sender are one line until they part.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: i32,
    to: i32,
    sender: u64,
}

impl Pieces {
    /// The pieces of these lines, each with its sender.
    pub(crate) fn of<'a>(lines: impl Iterator<Item = (u64, &'a [Point], Option<Rect>)>) -> Self {
        let mut pieces = Self::default();
        for (sender, points, label) in lines {
            pieces.labels_at(label).extend(label);
            for [a, b] in points.array_windows() {
                if a.y == b.y {
                    let piece = Piece { from: a.x.min(b.x), to: a.x.max(b.x), sender };
                    pieces.level.entry(a.y).or_default().push(piece);
                } else {
                    let piece = Piece { from: a.y.min(b.y), to: a.y.max(b.y), sender };
                    pieces.upright.entry(a.x).or_default().push(piece);
                }
            }
        }
        pieces
    }

    fn labels_at(&mut self, label: Option<Rect>) -> &mut Vec<Rect> {
        self.labels.entry(label.map_or(i32::MIN, |label| label.y.div_euclid(BAND))).or_default()
    }

    /// Whether no label lies there.
    fn is_clear(&self, place: &Rect) -> bool {
        let mut bands = (place.y - BAND).div_euclid(BAND)..=place.bottom().div_euclid(BAND);
        bands.all(|band| self.labels.get(&band).is_none_or(|labels| !labels.iter().any(|label| label.overlaps(place))))
    }

    /// Whether a line that turned at `corner` may turn at this height instead, and run from there to `x`, without coming
    /// near to one of another sender. What runs to the old height ends at the same card.
    fn has_room(&self, sender: u64, corner: Point, y: i32, x: i32) -> bool {
        let (left, right) = (corner.x.min(x), corner.x.max(x));
        let (top, bottom) = (y.min(corner.y) - UPRIGHT, y.max(corner.y) + UPRIGHT);
        let others = |pieces: &FxHashMap<i32, Vec<Piece>>, place: i32, keeps_off: &dyn Fn(&Piece) -> bool| {
            pieces.get(&place).is_none_or(|known| known.iter().all(|piece| piece.sender == sender || keeps_off(piece)))
        };
        let mut near = (y - LEAST_STEP + 1..y + LEAST_STEP).filter(|near| *near != corner.y);
        near.all(|near| others(&self.level, near, &|piece| piece.to <= left || right <= piece.from))
            && others(&self.upright, corner.x, &|Piece { from, to, .. }| {
                *to <= top || bottom <= *from || [*from, *to].contains(&corner.y)
            })
    }
}

/// Spreads those of the routes that end at the same point of a card's side. `taken` are the heights at which others arrive
/// or leave there; `is_free` says whether nothing else stands in a place.
pub(crate) fn spread(
    routes: &mut [Route],
    sender: impl Fn(usize) -> u64,
    ends: &[usize],
    card: Rect,
    taken: &[i32],
    pieces: &mut Pieces,
    is_free: impl Fn(&Rect) -> bool,
) {
    let Some(tip) = ends.first().and_then(|at| routes.get(*at)?.points.last().copied()) else { return };
    let mut fixed: Vec<i32> = taken.to_vec();
    let mut turns: Vec<(Turn, usize)> = Vec::with_capacity(ends.len());
    for at in ends {
        match routes.get(*at).and_then(|route| turn(&route.points)) {
            Some(turn) => turns.push((turn, *at)),
            None => fixed.push(tip.y),
        }
    }
    // From the top down: of those that come from above the nearest turn is the highest, so that none crosses another.
    turns.sort_by_key(|(turn, at)| if turn.comes_down { (0, turn.far, *at) } else { (1, -turn.far, *at) });
    // What comes on one track is one line to its end.
    if turns.array_windows().any(|[(a, _), (b, _)]| (a.far, a.comes_down) == (b.far, b.comes_down)) {
        return;
    }
    let from_above = turns.iter().filter(|(turn, _)| turn.comes_down).count();
    let side = (card.y + CORNER, card.bottom() - CORNER);
    let Some(heights) = heights(from_above, turns.len(), tip.y, side, &fixed) else { return };
    // What stands on the last pieces gives way to those that run beside it.
    let (up, down) = heights.iter().fold((0, 0), |(up, down), y| (up.max(tip.y - y), down.max(y - tip.y)));
    let labels: Vec<(usize, Rect)> = ends.iter().filter_map(|at| Some((*at, routes.get(*at)?.label?))).collect();
    let moved = |label: Rect| {
        let by = match () {
            () if label.bottom() <= tip.y && label.bottom() > tip.y - up - label.height => -up,
            () if label.y >= tip.y && label.y < tip.y + down + label.height => down,
            () => 0,
        };
        Rect { y: label.y + by, ..label }
    };
    for (_, label) in &labels {
        pieces.labels_at(Some(*label)).retain(|other| other != label);
    }
    let runs_free = turns.iter().zip(&heights).all(|((turn, at), y)| {
        let Turn { corner, room, .. } = *turn;
        let run = Rect { x: corner.x.min(tip.x), y: *y, width: turn.far, height: 0 };
        let may_turn = room.0 <= *y && *y <= room.1 && pieces.has_room(sender(*at), corner, *y, tip.x);
        may_turn && pieces.is_clear(&run) && is_free(&run)
    });
    let fits =
        runs_free && labels.iter().map(|(_, label)| moved(*label)).all(|to| pieces.is_clear(&to) && is_free(&to));
    for (at, label) in labels {
        let label = if fits { moved(label) } else { label };
        pieces.labels_at(Some(label)).push(label);
        if let Some(route) = routes.get_mut(at) {
            route.label = Some(label);
        }
    }
    for ((_, at), y) in turns.iter().zip(&heights).filter(|_| fits) {
        if let Some([.., corner, last]) = routes.get_mut(*at).map(|route| route.points.as_mut_slice()) {
            corner.y = *y;
            last.y = *y;
        }
    }
}

/// The last turn of a line; none where it runs straight to the card.
fn turn(points: &[Point]) -> Option<Turn> {
    let [.., before, start, tip] = points else { return None };
    if before.x != start.x || start.y != tip.y {
        return None;
    }
    let comes_down = before.y < start.y;
    let room = if comes_down { (before.y + UPRIGHT, i32::MAX) } else { (i32::MIN, before.y - UPRIGHT) };
    Some(Turn { corner: *start, far: (tip.x - start.x).abs(), comes_down, room })
}

/// Heights for `count` lines from the top down, of which so many come from above; none where the side has no room, or one
/// line stands alone.
fn heights(from_above: usize, count: usize, port: i32, side: (i32, i32), fixed: &[i32]) -> Option<Vec<i32>> {
    let (near, others): (Vec<i32>, Vec<i32>) = fixed.iter().partition(|y| (**y - port).abs() < STEP);
    let top = others.iter().filter(|y| **y < port).map(|y| y + STEP).fold(side.0, i32::max);
    let bottom = others.iter().filter(|y| **y > port).map(|y| y - STEP).fold(side.1, i32::min);
    let (Some(highest), Some(lowest)) = (near.iter().min(), near.iter().max()) else {
        return (count > 1).then(|| row(count, port, top, bottom)).flatten();
    };
    // Up and down from what stands in the middle.
    let step = |count: usize, room: i32| {
        let count = i32::try_from(count).ok()?;
        let step = room.checked_div(count).unwrap_or(STEP).min(STEP);
        (step >= LEAST_STEP).then_some((count, step))
    };
    let (above, up) = step(from_above, highest - top)?;
    let (below, down) = step(count - from_above, bottom - lowest)?;
    let above = (1..=above).rev().map(|at| highest - at * up);
    Some(above.chain((1..=below).map(|at| lowest + at * down)).collect())
}

/// So many heights from `top` to `bottom`, around the middle as far as there is room.
fn row(count: usize, middle: i32, top: i32, bottom: i32) -> Option<Vec<i32>> {
    let gaps = i32::try_from(count).ok()? - 1;
    let step = (bottom - top).checked_div(gaps).unwrap_or(STEP).min(STEP);
    if top > bottom || step < LEAST_STEP {
        return None;
    }
    let first = (middle - gaps * step / 2).clamp(top, bottom - gaps * step);
    Some((0..=gaps).map(|at| first + at * step).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(points: &[(i32, i32)]) -> Vec<Point> {
        points.iter().map(|(x, y)| Point { x: *x, y: *y }).collect()
    }

    /// Where the lines arrive at a card of 46 pixels whose port is at a height of 123.
    fn arrive(lines: &[&[(i32, i32)]], taken: &[i32]) -> Vec<i32> {
        let mut routes: Vec<Route> = lines.iter().map(|points| Route { points: line(points), label: None }).collect();
        let ends: Vec<usize> = (0..routes.len()).collect();
        let card = Rect { x: 200, y: 100, width: 196, height: 46 };
        spread(&mut routes, |at| at as u64, &ends, card, taken, &mut Pieces::default(), |_| true);
        routes.iter().filter_map(|route| Some(route.points.last()?.y)).collect()
    }

    const ABOVE: [(i32, i32); 4] = [(0, 20), (150, 20), (150, 123), (200, 123)];
    const ABOVE_NEARER: [(i32, i32); 4] = [(0, 60), (160, 60), (160, 123), (200, 123)];
    const BELOW: [(i32, i32); 4] = [(0, 220), (150, 220), (150, 123), (200, 123)];
    const STRAIGHT: [(i32, i32); 2] = [(0, 123), (200, 123)];

    #[test]
    fn lines_that_turn_stand_around_the_port_in_the_order_in_which_none_crosses() {
        assert_eq!(arrive(&[&ABOVE, &BELOW], &[]), [119, 127]);
        assert_eq!(arrive(&[&ABOVE, &ABOVE_NEARER], &[]), [127, 119]);
        assert_eq!(arrive(&[&BELOW], &[]), [123]);
    }

    #[test]
    fn what_runs_straight_stays() {
        assert_eq!(arrive(&[&STRAIGHT, &ABOVE, &ABOVE_NEARER, &BELOW], &[]), [123, 115, 107, 131]);
        assert_eq!(arrive(&[&BELOW], &[123]), [131]);
    }

    #[test]
    fn what_leaves_below_the_port_is_kept_clear_of() {
        assert_eq!(arrive(&[&ABOVE, &BELOW], &[135]), [119, 127]);
        assert_eq!(arrive(&[&STRAIGHT, &BELOW], &[135]), [123, 123]);
    }

    #[test]
    fn more_than_have_room_end_in_one() {
        let tracks = (0..9).map(|track| [(0, 220), (100 + 8 * track, 220), (100 + 8 * track, 123), (200, 123)]);
        let lines: Vec<[(i32, i32); 4]> = tracks.collect();
        let lines: Vec<&[(i32, i32)]> = lines.iter().map(|line| &line[..]).collect();
        assert_eq!(arrive(&lines, &[]), [123; 9]);
        let some: Vec<&[(i32, i32)]> =
            std::iter::once(&STRAIGHT[..]).chain(lines.get(..3).unwrap_or_default().iter().copied()).collect();
        assert_eq!(arrive(&some, &[]), [123, 128, 133, 138]);
        assert_eq!(arrive(lines.get(..5).unwrap_or_default(), &[]), [107, 115, 123, 131, 139]);
    }
}
