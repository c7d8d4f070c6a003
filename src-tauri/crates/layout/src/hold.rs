//! Keeping things in place: what was there keeps its slot, what is new takes a hole or the end of a strip, and what
//! outgrew its slot pushes down only what stands below it in its own strip.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::at::{At, push};
use crate::columns::Pinned;
use crate::geometry::Point;
use crate::input::Label;
use crate::level::{Kept, Level, Path, Piece};
use crate::strips::{PackItem, Strip};

/// Strips are packed anew once this share of their boxes is gone.
const GONE: usize = 3;

/// Strips as they were, with the slot of each row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// Names of the boxes the strips speak of.
    pub(crate) names: Vec<String>,
    pub(crate) strips: Vec<Strip>,
    /// Where each box stands in its row.
    pub(crate) offsets: Vec<Point>,
    /// Top and height of each row, strip by strip.
    pub(crate) slots: Vec<Vec<(i32, i32)>>,
    /// Left edge and width of each strip, and the width of all.
    pub(crate) columns: Vec<(i32, i32)>,
    pub(crate) width: i32,
    /// The rows as they were solved, and from what: the same again gives the same, to the last corner of a route.
    pub(crate) solved: Option<Arc<Solved>>,
}

/// A level with what it was solved from.
#[derive(Debug)]
pub(crate) struct Solved {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) columns: Vec<usize>,
    pub(crate) paths: Vec<(Path, Option<Label>)>,
    pub(crate) level: Level,
}

/// Strips for other boxes with as many slots kept as possible.
#[derive(Clone, Debug, Default)]
pub(crate) struct Adopted {
    pub(crate) strips: Vec<Strip>,
    /// Where each box stood in its row; none for one that is new.
    pub(crate) offsets: Vec<Option<Point>>,
    /// Per row; none for a row that is new.
    slots: Vec<Option<(i32, i32)>>,
}

impl Held {
    pub(crate) fn new(names: Vec<String>, strips: Vec<Strip>, offsets: Vec<Point>, rows: &Level) -> Self {
        let mut boxes = rows.boxes.iter();
        let slots = strips
            .iter()
            .map(|strip| boxes.by_ref().take(strip.rows.len()).map(|row| (row.y, row.height)).collect())
            .collect();
        Self { names, strips, offsets, slots, columns: rows.columns.clone(), width: rows.size.width, solved: None }
    }

    /// The strips for these boxes; none where too much changed for that to be worth it. `least` is how wide a box that
    /// stays must be. A part of what was there is always worth it.
    pub(crate) fn adopt(
        &self,
        names: &[String],
        items: &[PackItem],
        is_part: bool,
        least: impl Fn(usize) -> i32,
    ) -> Option<Adopted> {
        let place: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let now: Vec<Option<usize>> = self.names.iter().map(|name| place.get(name.as_str()).copied()).collect();
        let lost = now.iter().filter(|now| now.is_none()).count();
        if !is_part && lost * GONE > self.names.len() || self.strips.is_empty() {
            return None;
        }
        let mut strips = self.strips.clone();
        let mut is_placed = vec![false; names.len()];
        for cell in strips.iter_mut().flat_map(Strip::cells_mut) {
            cell.items = cell.items.iter().filter_map(|item| now.get(*item).copied().flatten()).collect();
            for item in &cell.items {
                is_placed.put(*item, true);
                cell.width = cell.width.max(least(*item));
            }
        }
        let mut slots: Vec<Vec<Option<(i32, i32)>>> =
            self.slots.iter().map(|slots| slots.iter().copied().map(Some).collect()).collect();
        for (new, item) in items.iter().enumerate().filter(|(at, _)| !is_placed.at(*at)) {
            let hole = strips.iter_mut().enumerate().find_map(|(at, strip)| {
                let slots = self.slots.get(at)?;
                let row = strip.rows.iter_mut().zip(slots).find_map(|(row, slot)| row.hole(item, slot.1));
                row.map(|cell| cell.items.push(new))
            });
            if hole.is_some() {
                continue;
            }
            let bottom =
                |at: usize| self.slots.get(at).and_then(|slots| slots.last()).map_or(0, |slot| slot.0 + slot.1);
            let added = |at: usize| {
                let new = slots.get(at).into_iter().flatten().filter(|slot| slot.is_none()).count();
                i32::try_from(new).unwrap_or(0)
            };
            let wide_enough = strips.iter().enumerate().filter(|(_, strip)| strip.width >= item.least().width);
            let lowest = wide_enough.map(|(at, _)| at).min_by_key(|at| (bottom(*at) + 200 * added(*at), *at))?;
            strips.get_mut(lowest)?.append(new);
            slots.get_mut(lowest)?.push(None);
        }
        let mut offsets = vec![None; names.len()];
        for (offset, now) in self.offsets.iter().zip(&now) {
            if let Some(now) = now {
                offsets.put(*now, Some(*offset));
            }
        }
        Some(Adopted { strips, offsets, slots: slots.into_iter().flatten().collect() })
    }
}

impl Adopted {
    /// Places for the rows, made from these pieces, in the strips they belong to: their slots where they have some,
    /// pushed right and down where something grew.
    pub(crate) fn keep(&self, held: &Held, pieces: &[Piece], columns: &[usize], gap: i32) -> Kept {
        let mut tops = vec![0; pieces.len()];
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); held.columns.len()];
        for (at, column) in columns.iter().enumerate() {
            push(&mut members, *column, at);
        }
        for rows in &mut members {
            rows.sort_by_key(|at| (self.slots.at(*at).map_or(i32::MAX, |slot| slot.0), *at));
            let mut cursor = i32::MIN;
            for at in rows.iter().copied() {
                let slot = self.slots.at(at);
                let top = slot.map_or(cursor.max(0), |slot| slot.0.max(cursor));
                tops.put(at, top);
                cursor =
                    top + pieces.get(at).map_or(0, |piece| piece.size.height).max(slot.map_or(0, |slot| slot.1)) + gap;
            }
        }
        let mut xs: Vec<i32> = Vec::with_capacity(held.columns.len());
        let mut end = 0;
        for (column, ((x, own), rows)) in held.columns.iter().zip(&members).enumerate() {
            let left = column.checked_sub(1).and_then(|left| held.columns.get(left));
            let gutter = x - left.map_or(0, |left| left.0 + left.1);
            let x = if column == 0 { *x } else { (*x).max(end + gutter) };
            let needed = rows.iter().filter_map(|at| pieces.get(*at)).map(|piece| piece.size.width).max().unwrap_or(0);
            end = x + needed.max(*own);
            xs.push(x);
        }
        let trailing = held.width - held.columns.last().map_or(0, |last| last.0 + last.1);
        Kept { tops, columns: Pinned { columns: xs, width: end + trailing.max(0) } }
    }
}
