//! Strips of rows of cells as boxes in columns: what frames and the sheet have in common.

use crate::geometry::Point;
use crate::level::Piece;
use crate::pack::Strip;

/// A piece per row, the column it stands in, and where each box is in its row.
pub(crate) struct Stacked {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) columns: Vec<usize>,
    /// By box; those that no strip holds have none.
    pub(crate) row_of: Vec<usize>,
    pub(crate) offsets: Vec<Point>,
}

/// Stacks boxes of these sizes and doors; a box that had an offset in its row stands no higher and no further left.
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
                    let part = &boxes[item];
                    y = before.get(item).copied().flatten().map_or(y, |offset| y.max(offset.y));
                    stacked.row_of[item] = stacked.pieces.len();
                    stacked.offsets[item] = Point { x, y };
                    piece.doors.extend(part.doors.iter().map(|(net, is_exit, at)| (*net, *is_exit, at + y)));
                    y += part.size.height + gap;
                    widest = widest.max(part.size.width);
                }
                piece.size.height = piece.size.height.max(y - gap);
                x += widest + gap;
            }
            piece.size.width = strip.width.max(x - gap);
            piece.doors.sort_unstable();
            stacked.pieces.push(piece);
            stacked.columns.push(column);
        }
    }
    stacked
}
