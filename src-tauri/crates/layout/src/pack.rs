//! Packing boxes into strips of rows: a wanted shape, little waste, and gutters between strips for what runs there.

use crate::geometry::Size;
use crate::rank::ranks;

/// A box to pack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackItem {
    pub(crate) size: Size,
    /// Whether wires arrive from the left or leave to the right: then nothing may stand in between.
    pub(crate) has_entry: bool,
    pub(crate) has_exit: bool,
}

/// The wanted shape of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// Width to height.
    Aspect(u32, u32),
    /// This width (more only where one box needs it), as low as possible.
    Width(i32),
}

/// A column of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strip {
    pub(crate) width: i32,
    pub(crate) rows: Vec<Row>,
}

/// Cells side by side, widened so that they fill the strip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    width: i32,
    height: i32,
    is_open: bool,
}

/// A box, or several low ones on top of one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) items: Vec<usize>,
    pub(crate) width: i32,
    height: i32,
    /// Wires pass its sides: it holds one box alone.
    has_doors: bool,
}

impl Row {
    /// An empty cell that this box fits into.
    pub(crate) fn hole(&mut self, item: &PackItem, height: i32) -> Option<&mut Cell> {
        let has_doors = item.has_entry || item.has_exit;
        if item.size.height > height || (has_doors && self.cells.len() > 1) {
            return None;
        }
        self.cells.iter_mut().find(|cell| cell.items.is_empty() && cell.width >= item.size.width)
    }
}

impl Strip {
    pub(crate) fn cells_mut(&mut self) -> impl Iterator<Item = &mut Cell> {
        self.rows.iter_mut().flat_map(|row| &mut row.cells)
    }

    /// Puts a box into a row of its own at the end.
    pub(crate) fn append(&mut self, at: usize, item: &PackItem) {
        let width = self.width;
        sit(self, Seat::Below, at, item, 0);
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.cells.last_mut()) {
            cell.width = width;
        }
    }

    /// Every box with the width it is given.
    pub(crate) fn items(&self) -> impl Iterator<Item = (usize, i32)> {
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.flat_map(|cell| cell.items.iter().map(|item| (*item, cell.width)))
    }
}

/// Strips that come nearest to the target; ties go to the lower sheet.
pub(crate) fn pack(items: &[PackItem], target: Target, gap: i32) -> Vec<Strip> {
    pack_along(items, &[], target, gap)
}

/// Strips that come nearest to the target with as many arrows as possible from a strip to one further right.
pub(crate) fn pack_along(items: &[PackItem], arrows: &[(usize, usize)], target: Target, gap: i32) -> Vec<Strip> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    // Widths in classes, so that boxes of about one width stand in the order of their heights.
    let by_size = |item: &usize| {
        let Size { width, height } = items[*item].size;
        (std::cmp::Reverse(width / 64), std::cmp::Reverse(height), *item)
    };
    order.sort_by_key(by_size);
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    let mut is_linked = vec![false; items.len()];
    for (from, to) in arrows {
        out[*from].push(*to);
        is_linked[*from] = true;
        is_linked[*to] = true;
    }
    let rank = ranks(&out);
    let (mut linked, loose): (Vec<usize>, Vec<usize>) = order.iter().partition(|item| is_linked[**item]);
    linked.sort_by_key(|item| (rank[*item], by_size(item)));
    let tallest = items.iter().map(|item| item.size.height).max().unwrap_or(0);
    let total: i64 = items.iter().map(|item| i64::from(item.size.height + gap)).sum();
    let mut limit = i64::from(tallest);
    let mut best: Option<(i64, i64, Vec<Strip>)> = None;
    loop {
        let mut candidates = vec![fill(items, &order, Vec::new(), limit, gap)];
        if !linked.is_empty() {
            let along = in_sequence(items, &linked, limit, gap);
            candidates.push(fill(items, &loose, along, limit, gap));
        }
        for strips in candidates {
            let (width, height) = extent(&strips, gap);
            let size = match target {
                Target::Aspect(across, down) => (width * i64::from(down)).max(height * i64::from(across)),
                Target::Width(wanted) => height + (width - i64::from(wanted)).max(0) * 1000,
            };
            let cost = size + size / 12 * against(&strips, arrows, items.len()).min(12);
            if best.as_ref().is_none_or(|(least, lowest, _)| (cost, height) < (*least, *lowest)) {
                best = Some((cost, height, strips));
            }
        }
        if limit >= total {
            break;
        }
        limit = limit * 10 / 9 + 8;
    }
    let mut strips = best.map(|best| best.2).unwrap_or_default();
    if let Target::Width(wanted) = target {
        let (width, _) = extent(&strips, gap);
        let mut spare = (wanted - i32::try_from(width).unwrap_or(wanted)).max(0);
        let mut left = i32::try_from(strips.len()).unwrap_or(1);
        for strip in &mut strips {
            strip.width += spare / left;
            spare -= spare / left;
            left -= 1;
        }
    }
    for strip in &mut strips {
        justify(strip, gap);
    }
    strips
}

/// Arrows that do not run to a strip further right.
fn against(strips: &[Strip], arrows: &[(usize, usize)], count: usize) -> i64 {
    if arrows.is_empty() {
        return 0;
    }
    let mut strip_of = vec![0; count];
    for (at, strip) in strips.iter().enumerate() {
        for (item, _) in strip.items() {
            strip_of[item] = at;
        }
    }
    let against = arrows.iter().filter(|(from, to)| strip_of[*from] >= strip_of[*to]).count();
    i64::try_from(against).unwrap_or(i64::MAX)
}

/// One box to a row, strip after strip, in the given order.
fn in_sequence(items: &[PackItem], order: &[usize], limit: i64, gap: i32) -> Vec<Strip> {
    let mut strips: Vec<Strip> = Vec::new();
    for item in order.iter().copied() {
        let new = &items[item];
        let fits = strips.last().is_some_and(|strip| height(strip, gap) + i64::from(gap + new.size.height) <= limit);
        if !fits {
            strips.push(Strip::default());
        }
        if let Some(strip) = strips.last_mut() {
            strip.width = strip.width.max(new.size.width);
            sit(strip, Seat::Below, item, new, gap);
        }
    }
    strips
}

fn extent(strips: &[Strip], gap: i32) -> (i64, i64) {
    let width: i64 = strips.iter().map(|strip| i64::from(strip.width + gap)).sum::<i64>() - i64::from(gap);
    (width, strips.iter().map(|strip| height(strip, gap)).max().unwrap_or(0))
}

fn height(strip: &Strip, gap: i32) -> i64 {
    strip.rows.iter().map(|row| i64::from(row.height + gap)).sum::<i64>() - i64::from(gap)
}

/// Where a box can go in a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    /// On top of nothing: under the last box of this cell of the last row.
    Under,
    /// A cell of its own in the last row.
    Beside,
    /// A row of its own.
    Below,
}

/// Into the last row of any strip where it fits; else a row of its own in the lowest strip that has room; else a new
/// strip.
fn fill(items: &[PackItem], order: &[usize], mut strips: Vec<Strip>, limit: i64, gap: i32) -> Vec<Strip> {
    for item in order.iter().copied() {
        let new = items[item];
        let joined = strips.iter().enumerate().find_map(|(at, strip)| {
            let row = strip.rows.last()?;
            Some((at, joins(row, strip.width, &new, gap)?))
        });
        let below = || {
            let room = |strip: &Strip| {
                new.size.width <= strip.width && height(strip, gap) + i64::from(gap + new.size.height) <= limit
            };
            let fits = strips.iter().enumerate().filter(|(_, strip)| room(strip));
            fits.min_by_key(|(at, strip)| (height(strip, gap), *at)).map(|(at, _)| (at, Seat::Below))
        };
        let (at, seat) = joined.or_else(below).unwrap_or((strips.len(), Seat::Below));
        if at == strips.len() {
            strips.push(Strip { width: new.size.width, rows: Vec::new() });
        }
        sit(&mut strips[at], seat, item, &new, gap);
    }
    strips
}

fn joins(row: &Row, room: i32, new: &PackItem, gap: i32) -> Option<Seat> {
    let has_doors = new.has_entry || new.has_exit;
    let under = row.cells.last().is_some_and(|cell| {
        !cell.has_doors
            && !has_doors
            && new.size.width <= cell.width
            && cell.height + gap + new.size.height <= row.height
    });
    if under && row.cells.len() > 1 {
        return Some(Seat::Under);
    }
    let beside =
        row.is_open && !new.has_entry && row.width + gap + new.size.width <= room && new.size.height <= row.height;
    beside.then_some(Seat::Beside)
}

fn sit(strip: &mut Strip, seat: Seat, item: usize, new: &PackItem, gap: i32) {
    let Size { width, height } = new.size;
    let has_doors = new.has_entry || new.has_exit;
    let cell = Cell { items: vec![item], width, height, has_doors };
    match (seat, strip.rows.last_mut()) {
        (Seat::Under, Some(row)) => {
            if let Some(cell) = row.cells.last_mut() {
                cell.items.push(item);
                cell.height += gap + height;
            }
        }
        (Seat::Beside, Some(row)) => {
            row.cells.push(cell);
            row.width += gap + width;
            row.is_open = !new.has_exit;
        }
        _ => strip.rows.push(Row { cells: vec![cell], width, height, is_open: !new.has_exit }),
    }
}

/// Widens the cells of each row evenly until they fill the strip.
fn justify(strip: &mut Strip, gap: i32) {
    for row in &mut strip.rows {
        let count = i32::try_from(row.cells.len()).unwrap_or(1);
        let used: i32 = row.cells.iter().map(|cell| cell.width).sum::<i32>() + gap * (count - 1);
        let mut spare = (strip.width - used).max(0);
        for (at, cell) in (0..count).zip(&mut row.cells) {
            let share = spare / (count - at);
            cell.width += share;
            spare -= share;
        }
    }
}
