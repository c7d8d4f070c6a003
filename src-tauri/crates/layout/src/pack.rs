//! Packing boxes of several possible shapes into strips of rows: a wanted shape, little waste, and gutters between the
//! strips for what runs there. A row has two cells at most, so that every box touches a gutter.

use crate::fill::{Filling, Search, best, each_filling};
use crate::geometry::Size;
use crate::rank::ranks;

/// So many boxes at most are offered other shapes one by one.
const FEW: usize = 40;

/// So many at most change places with one another, which takes the square of their number.
const FEWER: usize = 16;

/// Fewer links than this count as so many: a handful of detours is no reason for another shape of everything.
const FEW_LINKS: i64 = 5;

/// If every link within a frame went one step out of its way, its packing would count as larger by one part in so many.
const WITHIN: i64 = 8;

/// The same among frames, where blank paper weighs more than a longer line.
const AMONG: i64 = 12;

/// A box to pack: the shapes it can take, narrowest (and highest) first.
#[derive(Clone, Debug, Default)]
pub(crate) struct PackItem {
    pub(crate) shapes: Vec<Size>,
    /// What links inside it go out of their way in each of these shapes, as an area; empty where they never do.
    pub(crate) detours: Vec<i64>,
}

impl PackItem {
    pub(crate) fn of(size: Size) -> Self {
        Self { shapes: vec![size], detours: Vec::new() }
    }

    /// The lowest shape that is no wider than this.
    pub(crate) fn within(&self, width: i32) -> Option<Size> {
        let fits = self.shapes.partition_point(|shape| shape.width <= width);
        fits.checked_sub(1).map(|at| self.shapes[at])
    }

    /// What one of its shapes costs beside its size.
    pub(crate) fn detour(&self, shape: Size) -> i64 {
        let at = self.shapes.partition_point(|other| other.width < shape.width);
        self.detours.get(at).copied().unwrap_or(0)
    }

    /// The shape nearest to a proportion.
    pub(crate) fn near(&self, tenths: i64) -> Size {
        let far = |shape: &&Size| (i64::from(shape.width) * 10 - i64::from(shape.height) * tenths).abs();
        self.shapes.iter().min_by_key(far).copied().unwrap_or_default()
    }

    /// The least width it can have.
    pub(crate) fn least(&self) -> Size {
        self.shapes.first().copied().unwrap_or_default()
    }
}

/// How many links run from one box to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arrow {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) count: i64,
}

impl Arrow {
    /// Links, counted by their ends.
    pub(crate) fn count(mut links: Vec<(usize, usize)>) -> Vec<Self> {
        links.sort_unstable();
        let alike = links.chunk_by(|one, other| one == other);
        alike
            .map(|same| Self { from: same[0].0, to: same[0].1, count: i64::try_from(same.len()).unwrap_or(0) })
            .collect()
    }
}

/// The wanted shape of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// Width to height, with so much area to come below.
    Aspect(u32, u32, i64),
    /// This width (more only where one box needs it), as low as possible.
    Width(i32),
}

/// Room between boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gaps {
    /// Between strips.
    pub(crate) strips: i32,
    /// Between rows, and between the boxes of a row.
    pub(crate) rows: i32,
}

/// A column of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Strip {
    pub(crate) width: i32,
    pub(crate) rows: Vec<Row>,
}

/// One or two cells side by side, widened so that they fill the strip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
}

/// A box, or several low ones on top of one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) items: Vec<usize>,
    pub(crate) width: i32,
}

impl Row {
    /// An empty cell that this box fits into.
    pub(crate) fn hole(&mut self, item: &PackItem, height: i32) -> Option<&mut Cell> {
        let fits = |cell: &&mut Cell| {
            cell.items.is_empty() && item.within(cell.width).is_some_and(|shape| shape.height <= height)
        };
        self.cells.iter_mut().find(fits)
    }
}

impl Strip {
    pub(crate) fn cells_mut(&mut self) -> impl Iterator<Item = &mut Cell> {
        self.rows.iter_mut().flat_map(|row| &mut row.cells)
    }

    /// Makes room for boxes that came out wider than they were measured.
    pub(crate) fn grow(&mut self, sizes: &[Size], gap: i32) {
        for cell in self.cells_mut() {
            cell.width = cell.items.iter().map(|item| sizes[*item].width).fold(cell.width, i32::max);
        }
        let count = |row: &Row| i32::try_from(row.cells.len()).unwrap_or(1);
        let used = |row: &Row| row.cells.iter().map(|cell| cell.width).sum::<i32>() + gap * (count(row) - 1);
        self.width = self.rows.iter().map(used).fold(self.width, i32::max);
        justify(self, gap);
    }

    /// Puts a box into a row of its own at the end.
    pub(crate) fn append(&mut self, at: usize) {
        self.rows.push(Row { cells: vec![Cell { items: vec![at], width: self.width }] });
    }

    /// Every box with the width it is given.
    pub(crate) fn items(&self) -> impl Iterator<Item = (usize, i32)> {
        let cells = self.rows.iter().flat_map(|row| &row.cells);
        cells.flat_map(|cell| cell.items.iter().map(|item| (*item, cell.width)))
    }
}

/// Strips that come nearest to the target, with what arrows come from further left and further up where that is free.
pub(crate) fn pack(items: &[PackItem], arrows: &[Arrow], target: Target, gaps: Gaps) -> Vec<Strip> {
    let wanted = if let Target::Width(width) = target { width } else { 0 };
    let has_time = items.len() <= FEW;
    let search = Search {
        shapes: has_time && items.iter().any(|item| item.shapes.len() > 1),
        order: items.len() <= FEWER && !arrows.is_empty(),
    };
    let share = if wanted > 0 { WITHIN } else { AMONG };
    let mut strips = best(items, gaps, wanted, search, |filling| {
        let (width, height) = filling.extent();
        let size = match target {
            Target::Aspect(across, down, below) => {
                let height = height + below / width.max(1);
                (width * i64::from(down)).max(height * i64::from(across))
            }
            Target::Width(wanted) => height + (width - i64::from(wanted)).max(0) * 1000,
        };
        let size = size + size * filling.detoured / (width * height).max(1);
        (dearer(size, filling, arrows, share), height)
    });
    if let Target::Width(wanted) = target {
        let count = i32::try_from(strips.len()).unwrap_or(1);
        let width = strips.iter().map(|strip| strip.width).sum::<i32>() + gaps.strips * (count - 1);
        let (mut spare, mut left) = ((wanted - width).max(0), count);
        for strip in &mut strips {
            strip.width += spare / left;
            spare -= spare / left;
            left -= 1;
        }
    }
    order_along(&mut strips, items.len(), arrows);
    for strip in &mut strips {
        justify(strip, gaps.rows);
    }
    strips
}

/// The shapes that these boxes can be packed into with few detours, narrowest first.
pub(crate) fn shapes(items: &[PackItem], arrows: &[Arrow], gaps: Gaps) -> PackItem {
    let mut sizes = Vec::new();
    each_filling(items, gaps, |filling| {
        let (width, height) = filling.extent();
        sizes.push((width, dearer(height, filling, arrows, WITHIN), height));
    });
    sizes.sort_unstable();
    let mut item = PackItem::default();
    let mut least = i64::MAX;
    for (width, cost, height) in sizes {
        let whole = |length: i64| i32::try_from(length).unwrap_or(i32::MAX);
        if cost < least && item.shapes.last().is_none_or(|last| i64::from(last.height) > height) {
            least = cost;
            item.shapes.push(Size { width: whole(width), height: whole(height) });
            item.detours.push((cost - height) * width);
        }
    }
    item
}

/// A size with what the detours of links cost: a part of it, however many links there are. Among many boxes there is
/// no time to count them.
fn dearer(size: i64, filling: &Filling<'_>, arrows: &[Arrow], share: i64) -> i64 {
    if filling.count() > FEW {
        return size;
    }
    let links: i64 = arrows.iter().map(|arrow| arrow.count).sum();
    size + size / share * filling.detours(arrows) / links.max(FEW_LINKS)
}

/// Orders strips, the rows of each and the boxes of a cell along the arrows: none of that changes the shape.
fn order_along(strips: &mut [Strip], count: usize, arrows: &[Arrow]) {
    if arrows.is_empty() {
        return;
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut is_linked = vec![false; count];
    for Arrow { from, to, .. } in arrows.iter().copied() {
        out[from].push(to);
        is_linked[from] = true;
        is_linked[to] = true;
    }
    let rank = ranks(&out);
    // Thousandths of the mean rank; what has no links comes last.
    let mean = |items: &mut dyn Iterator<Item = usize>| -> usize {
        let (sum, linked) = items
            .filter(|item| is_linked[*item])
            .fold((0, 0_usize), |(sum, linked), item| (sum + rank[item] * 1000, linked + 1));
        sum.checked_div(linked).unwrap_or(usize::MAX)
    };
    for strip in strips.iter_mut() {
        for row in &mut strip.rows {
            for cell in &mut row.cells {
                cell.items.sort_by_key(|item| mean(&mut std::iter::once(*item)));
            }
            row.cells.sort_by_key(|cell| mean(&mut cell.items.iter().copied()));
        }
        strip.rows.sort_by_key(|row| mean(&mut row.cells.iter().flat_map(|cell| cell.items.iter().copied())));
    }
    strips.sort_by_key(|strip| mean(&mut strip.items().map(|(item, _)| item)));
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
