//! Lanes: frames below all others, several to a row of one height, and chips, which hold nothing but their header.

use crate::geometry::{Rect, Size};

/// Between lanes.
pub(crate) const GAP: i32 = 20;

/// Between chips.
const CHIP_GAP: i32 = 10;

/// Heights tried for a row of lanes.
const TRIES: usize = 48;

/// A lane to place: the shapes it can take, narrowest first, and where it stood.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) shapes: Vec<Size>,
    /// Whether it holds anything.
    pub(crate) is_chip: bool,
    pub(crate) before: Option<Rect>,
}

impl Lane {
    /// The narrowest shape that is no higher than this, or the lowest.
    fn within(&self, height: i32) -> Size {
        let found = self.shapes.iter().find(|shape| shape.height <= height).or(self.shapes.last());
        found.copied().unwrap_or_default()
    }
}

/// Rows of lanes with the left edge and the width of each.
pub(crate) type Rows = Vec<Vec<(usize, i32, i32)>>;

/// Lanes of a row with their shapes.
type Shaped = Vec<(usize, Size)>;

/// The rows that are lowest together on a sheet of this width. Lanes that stood keep their rows.
pub(crate) fn rows(lanes: &[Lane], width: i32) -> Rows {
    let mut rows = kept(lanes);
    let is_new = |lane: &usize| lanes.get(*lane).is_some_and(|lane| lane.before.is_none());
    let (chips, full): (Vec<usize>, Vec<usize>) =
        (0..lanes.len()).filter(is_new).partition(|lane| lanes.get(*lane).is_some_and(|lane| lane.is_chip));
    rows.extend(lowest(lanes, &full, width));
    let mut x = width;
    for chip in chips {
        let own = within(lanes, chip, i32::MAX).width;
        if x + own > width {
            rows.push(Vec::new());
            x = 0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((chip, x, own));
        }
        x += own + CHIP_GAP;
    }
    rows
}

/// The least area that the lanes may come to, chips apart.
pub(crate) fn area(lanes: &[Lane]) -> i64 {
    let full = lanes.iter().filter(|lane| !lane.is_chip);
    let least = |lane: &Lane| {
        let areas = lane.shapes.iter().map(|shape| i64::from(shape.width) * i64::from(shape.height));
        areas.min().unwrap_or(0)
    };
    full.map(least).sum()
}

/// Rows as they stood.
fn kept(lanes: &[Lane]) -> Rows {
    let mut stood: Vec<(i32, i32, usize, i32)> = lanes
        .iter()
        .enumerate()
        .filter_map(|(at, lane)| lane.before.map(|place| (place.y, place.x, at, place.width)))
        .collect();
    stood.sort_unstable();
    stood
        .chunk_by(|a, b| a.0 == b.0)
        .map(|row| row.iter().map(|(_, x, at, width)| (*at, *x, *width)).collect())
        .collect()
}

fn within(lanes: &[Lane], lane: usize, height: i32) -> Size {
    lanes.get(lane).map(|lane| lane.within(height)).unwrap_or_default()
}

fn lowest(lanes: &[Lane], full: &[usize], width: i32) -> Rows {
    let mut heights: Vec<i32> = full
        .iter()
        .filter_map(|lane| lanes.get(*lane))
        .flat_map(|lane| &lane.shapes)
        .map(|shape| shape.height)
        .collect();
    heights.sort_unstable();
    heights.dedup();
    let step = heights.len().div_ceil(TRIES).max(1);
    let mut best: Option<(i32, Vec<Shaped>)> = None;
    for height in heights.into_iter().step_by(step) {
        let mut rows: Vec<Shaped> = Vec::new();
        let mut used = 0;
        for lane in full.iter().copied() {
            let size = within(lanes, lane, height);
            match rows.last_mut().filter(|_| used + size.width <= width) {
                Some(row) => row.push((lane, size)),
                None => {
                    rows.push(vec![(lane, size)]);
                    used = 0;
                }
            }
            used += size.width + GAP;
        }
        let row_height = |row: &Shaped| row.iter().map(|(_, size)| size.height).max().unwrap_or(0) + GAP;
        let total: i32 = rows.iter().map(row_height).sum();
        if best.as_ref().is_none_or(|(least, _)| total < *least) {
            best = Some((total, rows));
        }
    }
    let rows = best.map(|best| best.1).unwrap_or_default();
    rows.into_iter().map(|row| justified(&row, width)).collect()
}

/// Widens the lanes of a row, each by its share, until they fill it.
fn justified(row: &[(usize, Size)], width: i32) -> Vec<(usize, i32, i32)> {
    let count = i32::try_from(row.len()).unwrap_or(1);
    let own: i32 = row.iter().map(|(_, size)| size.width).sum();
    let spare = (width - own - GAP * (count - 1)).max(0);
    let (mut x, mut left) = (0, spare);
    let mut placed = Vec::with_capacity(row.len());
    for (at, (lane, size)) in row.iter().enumerate() {
        let is_last = at + 1 == row.len();
        let share = i64::from(spare) * i64::from(size.width) / i64::from(own.max(1));
        let share = if is_last { left } else { i32::try_from(share).unwrap_or(0) };
        left -= share;
        placed.push((*lane, x, size.width + share));
        x += size.width + share + GAP;
    }
    placed
}
