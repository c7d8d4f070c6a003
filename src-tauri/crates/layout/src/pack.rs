//! Packing boxes into strips of rows: a wanted shape, little waste, and gutters between strips for what runs there.

use crate::geometry::Size;

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

/// Boxes side by side, widened so that they fill the strip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Box and its width.
    pub(crate) items: Vec<(usize, i32)>,
    width: i32,
    height: i32,
    is_open: bool,
}

/// Strips that come nearest to the target; ties go to the lower sheet.
pub(crate) fn pack(items: &[PackItem], target: Target, gap: i32) -> Vec<Strip> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    // Widths in classes, so that boxes of about one width stand in the order of their heights.
    order.sort_by_key(|item| {
        let Size { width, height } = items[*item].size;
        (std::cmp::Reverse(width / 64), std::cmp::Reverse(height), *item)
    });
    let tallest = items.iter().map(|item| item.size.height).max().unwrap_or(0);
    let total: i64 = items.iter().map(|item| i64::from(item.size.height + gap)).sum();
    let mut limit = i64::from(tallest);
    let mut best: Option<(i64, i64, Vec<Strip>)> = None;
    loop {
        let strips = fill(items, &order, limit, gap);
        let (width, height) = extent(&strips, gap);
        let cost = match target {
            Target::Aspect(across, down) => (width * i64::from(down)).max(height * i64::from(across)),
            Target::Width(wanted) => height + (width - i64::from(wanted)).max(0) * 1000,
        };
        if best.as_ref().is_none_or(|(least, lowest, _)| (cost, height) < (*least, *lowest)) {
            best = Some((cost, height, strips));
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

fn extent(strips: &[Strip], gap: i32) -> (i64, i64) {
    let width: i64 = strips.iter().map(|strip| i64::from(strip.width + gap)).sum::<i64>() - i64::from(gap);
    (width, strips.iter().map(|strip| height(strip, gap)).max().unwrap_or(0))
}

fn height(strip: &Strip, gap: i32) -> i64 {
    strip.rows.iter().map(|row| i64::from(row.height + gap)).sum::<i64>() - i64::from(gap)
}

/// First fit: into an open row, else a row of its own, in the first strip that has room; else a new strip.
fn fill(items: &[PackItem], order: &[usize], limit: i64, gap: i32) -> Vec<Strip> {
    let mut strips: Vec<Strip> = Vec::new();
    for item in order.iter().copied() {
        let PackItem { size, has_entry, has_exit } = items[item];
        let seat = strips.iter().position(|strip| {
            let joins = strip.rows.last().is_some_and(|row| joins(row, strip.width, size, has_entry, gap));
            joins || (size.width <= strip.width && height(strip, gap) + i64::from(gap + size.height) <= limit)
        });
        let strip = match seat {
            Some(at) => &mut strips[at],
            None => {
                strips.push(Strip { width: size.width, rows: Vec::new() });
                let last = strips.len() - 1;
                &mut strips[last]
            }
        };
        let width = strip.width;
        match strip.rows.last_mut().filter(|row| joins(row, width, size, has_entry, gap)) {
            Some(row) => {
                row.items.push((item, size.width));
                row.width += gap + size.width;
                row.height = row.height.max(size.height);
                row.is_open = !has_exit;
            }
            None => strip.rows.push(Row {
                items: vec![(item, size.width)],
                width: size.width,
                height: size.height,
                is_open: !has_exit,
            }),
        }
    }
    strips
}

fn joins(row: &Row, room: i32, size: Size, has_entry: bool, gap: i32) -> bool {
    row.is_open && !has_entry && row.width + gap + size.width <= room && size.height <= row.height
}

/// Widens the boxes of each row evenly until they fill the strip.
fn justify(strip: &mut Strip, gap: i32) {
    for row in &mut strip.rows {
        let count = i32::try_from(row.items.len()).unwrap_or(1);
        let used: i32 = row.items.iter().map(|item| item.1).sum::<i32>() + gap * (count - 1);
        let mut spare = (strip.width - used).max(0);
        for (at, item) in (0..count).zip(&mut row.items) {
            let share = spare / (count - at);
            item.1 += share;
            spare -= share;
        }
    }
}
