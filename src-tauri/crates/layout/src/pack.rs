//! Packing boxes of several possible shapes into strips of rows: a wanted shape, little waste, and gutters between the
//! strips for what runs there. A row has two cells at most, so that every box touches a gutter.

use crate::at::{At, push};
use crate::fill::{Filling, Search, best, each_filling};
use crate::geometry::Size;
use crate::rank::ranks;
use crate::strips::{Arrow, Gaps, PackItem, Strip, justify};

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

/// The wanted shape of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// Width to height, with so much area to come below.
    Aspect(u32, u32, i64),
    /// This width (more only where one box needs it), as low as possible.
    Width(i32),
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
        push(&mut out, from, to);
        is_linked.put(from, true);
        is_linked.put(to, true);
    }
    let rank = ranks(&out);
    // Thousandths of the mean rank; what has no links comes last.
    let mean = |items: &mut dyn Iterator<Item = usize>| -> usize {
        let (sum, linked) = items
            .filter(|item| is_linked.at(*item))
            .fold((0, 0_usize), |(sum, linked), item| (sum + rank.at(item) * 1000, linked + 1));
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
