//! Strips of rows of cells as boxes in columns: what frames and the sheet have in common. Also by which sides links
//! leave and arrive, so that they find their way in the gutters without passing through anything.

use crate::at::At;
use crate::columns::Side;
use crate::geometry::Point;
use crate::level::{Opening, Piece};
use crate::strips::{Cell, Strip};

/// A piece per row, the column it stands in, and where each box is in its row.
pub(crate) struct Stacked {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) columns: Vec<usize>,
    /// By box; those that no strip holds have none.
    pub(crate) row_of: Vec<usize>,
    pub(crate) offsets: Vec<Point>,
}

/// Stacks boxes of these sizes and openings; a box that had an offset in its row stands no higher and no further left.
pub(crate) fn stack(strips: &[Strip], boxes: &[Piece], before: &[Option<Point>], gap: i32) -> Stacked {
    let mut stacked = Stacked {
        pieces: Vec::new(),
        columns: Vec::new(),
        row_of: vec![usize::MAX; boxes.len()],
        offsets: vec![Point::default(); boxes.len()],
    };
    for (column, strip) in strips.iter().enumerate() {
        for row in &strip.rows {
            let mut piece = Piece::default();
            let mut x = 0;
            for cell in &row.cells {
                let (mut y, mut widest) = (0, cell.width);
                let known = cell.items.iter().filter_map(|item| before.get(*item).copied().flatten());
                x = known.map(|offset| offset.x).fold(x, i32::max);
                for item in cell.items.iter().copied() {
                    let Some(part) = boxes.get(item) else { continue };
                    y = before.get(item).copied().flatten().map_or(y, |offset| y.max(offset.y));
                    stacked.row_of.put(item, stacked.pieces.len());
                    stacked.offsets.put(item, Point { x, y });
                    let openings = part.openings.iter();
                    piece.openings.extend(openings.map(|door| Opening { item, height: door.height + y, ..*door }));
                    y += part.size.height + gap;
                    widest = widest.max(part.size.width);
                }
                piece.size.height = piece.size.height.max(y - gap);
                x += widest + gap;
            }
            piece.size.width = strip.width.max(x - gap);
            piece.openings.sort_unstable();
            stacked.pieces.push(piece);
            stacked.columns.push(column);
        }
        // Rows of a strip are of one width, whatever had to grow.
        let first = stacked.pieces.len() - strip.rows.len();
        let widest = stacked.pieces.iter().skip(first).map(|piece| piece.size.width).max().unwrap_or(0);
        for piece in stacked.pieces.iter_mut().skip(first) {
            piece.size.width = widest;
        }
    }
    stacked
}

/// Every cell, and whether it is the last of its row.
pub(crate) fn cells(strips: &[Strip]) -> impl Iterator<Item = (&Cell, bool)> {
    let rows = strips.iter().flat_map(|strip| &strip.rows);
    rows.flat_map(|row| row.cells.iter().enumerate().map(|(at, cell)| (cell, at + 1 == row.cells.len())))
}

/// Where a box stands among the strips, and which of its sides touch a gutter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) strip: usize,
    pub(crate) left: bool,
    pub(crate) right: bool,
}

/// The reach of each of `count` boxes.
pub(crate) fn reaches(strips: &[Strip], count: usize) -> Vec<Reach> {
    let mut reaches = vec![Reach::default(); count];
    for (strip, rows) in strips.iter().map(|strip| &strip.rows).enumerate() {
        for row in rows {
            let last = row.cells.len().saturating_sub(1);
            for (at, cell) in row.cells.iter().enumerate() {
                for item in &cell.items {
                    reaches.put(*item, Reach { strip, left: at == 0, right: at == last });
                }
            }
        }
    }
    reaches
}

/// A link's end: a box, or the outside by a side.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Away {
    Box(Reach),
    Beyond(Side),
}

/// The sides by which a link leaves and arrives: as few strips crossed as possible, then arriving from the left, where
/// reading begins, then leaving to the right.
pub(crate) fn sides(from: Away, to: Away, strips: usize) -> (Side, Side) {
    let choices = |end: Away| -> Vec<(Side, usize)> {
        match end {
            Away::Box(reach) => {
                let left = reach.left.then_some((Side::Left, reach.strip));
                let right = reach.right.then_some((Side::Right, reach.strip + 1));
                left.into_iter().chain(right).collect()
            }
            Away::Beyond(Side::Left) => vec![(Side::Left, 0)],
            Away::Beyond(Side::Right) => vec![(Side::Right, strips)],
        }
    };
    let mut best = (usize::MAX, Side::Right, Side::Left);
    for (exit, start) in choices(from) {
        for (entry, goal) in choices(to) {
            let cost =
                4 * start.abs_diff(goal) + usize::from(exit == Side::Left) + 2 * usize::from(entry == Side::Right);
            if cost < best.0 {
                best = (cost, exit, entry);
            }
        }
    }
    (best.1, best.2)
}
