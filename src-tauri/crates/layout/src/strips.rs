//! What packing takes and gives: boxes of several shapes with links among them, and strips of rows that hold them.

use crate::at::At;
use crate::geometry::Size;

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
        self.shapes.get(fits.checked_sub(1)?).copied()
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
        let arrow = |same: &[(usize, usize)]| {
            let (from, to) = *same.first()?;
            Some(Self { from, to, count: i64::try_from(same.len()).unwrap_or(0) })
        };
        alike.filter_map(arrow).collect()
    }
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
            cell.width = cell.items.iter().map(|item| sizes.at(*item).width).fold(cell.width, i32::max);
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

/// Widens the cells of each row evenly until they fill the strip.
pub(crate) fn justify(strip: &mut Strip, gap: i32) {
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
