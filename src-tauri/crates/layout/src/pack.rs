//! Packing boxes of several possible shapes into strips of rows: a wanted shape, little waste, and gutters between the
//! strips for what runs there. A row has two cells at most, so that every box touches a gutter.

use crate::geometry::Size;
use crate::rank::ranks;
use crate::stack::reaches;

/// Rows of a strip, from the lowest up, in which a place is looked for.
const LOOK_BACK: usize = 4;

/// So many boxes at most are offered other shapes one by one.
const FEW: usize = 40;

/// Beyond so many boxes fewer ways are tried: what one loses is small among them.
const MANY: usize = 100;

/// How often each of them is.
const ROUNDS: usize = 2;

/// Width to height, in tenths, that boxes of several shapes may be asked for.
const PREFERRED: [i64; 5] = [6, 11, 18, 28, 60];

/// A box to pack: the shapes it can take, narrowest (and highest) first.
#[derive(Clone, Debug, Default)]
pub(crate) struct PackItem {
    pub(crate) shapes: Vec<Size>,
}

impl PackItem {
    pub(crate) fn of(size: Size) -> Self {
        Self { shapes: vec![size] }
    }

    /// The lowest shape that is no wider than this.
    fn within(&self, width: i32) -> Option<Size> {
        let fits = self.shapes.partition_point(|shape| shape.width <= width);
        fits.checked_sub(1).map(|at| self.shapes[at])
    }

    /// The shape nearest to a proportion.
    fn near(&self, tenths: i64) -> Size {
        let far = |shape: &&Size| (i64::from(shape.width) * 10 - i64::from(shape.height) * tenths).abs();
        self.shapes.iter().min_by_key(far).copied().unwrap_or_default()
    }

    /// The least width it can have.
    pub(crate) fn least(&self) -> Size {
        self.shapes.first().copied().unwrap_or_default()
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
    height: i32,
}

/// One or two cells side by side, widened so that they fill the strip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Cell>,
    width: i32,
    height: i32,
}

/// A box, or several low ones on top of one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) items: Vec<usize>,
    pub(crate) width: i32,
    height: i32,
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
    pub(crate) fn append(&mut self, at: usize, item: &PackItem, gap: i32) {
        let width = self.width;
        sit(self, Seat::Below, at, item.within(width).unwrap_or(item.least()), gap);
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

/// Strips that come nearest to the target, with what arrows come from further left and further up where that is free.
pub(crate) fn pack(items: &[PackItem], arrows: &[(usize, usize)], target: Target, gaps: Gaps) -> Vec<Strip> {
    let cost = |strips: &[Strip]| -> (i64, i64) {
        let (width, height) = extent(strips, gaps);
        let cost = match target {
            Target::Aspect(across, down, below) => {
                let height = height + below / width.max(1);
                (width * i64::from(down)).max(height * i64::from(across))
            }
            Target::Width(wanted) => height + (width - i64::from(wanted)).max(0) * 1000,
        };
        // What links around a row costs a lane.
        (cost + cost / 60 * around(strips, items.len(), arrows).min(20), height)
    };
    let mut best = Best::default();
    let wanted = if let Target::Width(width) = target { width } else { 0 };
    for way in ways(items, wanted, gaps.rows) {
        best.consider(items, &way, gaps.rows, &cost);
    }
    if items.len() <= FEW && items.iter().any(|item| item.shapes.len() > 1) {
        improve(&mut best, items, gaps.rows, &cost);
    }
    let mut strips = best.strips;
    if let Target::Width(wanted) = target {
        let (width, _) = extent(&strips, gaps);
        let mut spare = (wanted - i32::try_from(width).unwrap_or(wanted)).max(0);
        let mut left = i32::try_from(strips.len()).unwrap_or(1);
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

/// Arrows between the left and the right cells of one strip.
fn around(strips: &[Strip], count: usize, arrows: &[(usize, usize)]) -> i64 {
    if arrows.is_empty() {
        return 0;
    }
    let reaches = reaches(strips, count);
    let turns = arrows.iter().filter(|(from, to)| {
        let (from, to) = (reaches[*from], reaches[*to]);
        from.strip == to.strip && !(from.left && to.left) && !(from.right && to.right)
    });
    i64::try_from(turns.count()).unwrap_or(i64::MAX)
}

/// The shapes that these boxes can be packed into, narrowest first.
pub(crate) fn shapes(items: &[PackItem], gaps: Gaps) -> Vec<Size> {
    let mut sizes: Vec<(i64, i64)> = Vec::new();
    for way in ways(items, 0, gaps.rows) {
        sizes.push(extent(&fill(items, &way, gaps.rows), gaps));
    }
    sizes.sort_unstable();
    let mut shapes: Vec<Size> = Vec::new();
    for (width, height) in sizes {
        let whole = |length: i64| i32::try_from(length).unwrap_or(i32::MAX);
        if shapes.last().is_none_or(|last| i64::from(last.height) > height) {
            shapes.push(Size { width: whole(width), height: whole(height) });
        }
    }
    shapes
}

/// The best strips so far, and what they were filled from.
#[derive(Default)]
struct Best {
    /// None before the first.
    cost: Option<(i64, i64)>,
    strips: Vec<Strip>,
    way: Way,
}

/// A way of filling strips.
#[derive(Clone, Debug, Default)]
struct Way {
    /// The shape of a box that begins a strip.
    preferred: Vec<Size>,
    is_by_height: bool,
    /// How high strips may become.
    limit: i64,
    /// Least width of a strip while it is filled.
    floor: i32,
}

impl Best {
    fn consider(&mut self, items: &[PackItem], way: &Way, gap: i32, cost: &impl Fn(&[Strip]) -> (i64, i64)) -> bool {
        let strips = fill(items, way, gap);
        let cost = cost(&strips);
        let is_better = self.cost.is_none_or(|least| cost < least);
        if is_better {
            *self = Self { cost: Some(cost), strips, way: way.clone() };
        }
        is_better
    }
}

/// Offers one box after the other each of its shapes, as long as that makes the whole better.
fn improve(best: &mut Best, items: &[PackItem], gap: i32, cost: &impl Fn(&[Strip]) -> (i64, i64)) {
    for _ in 0..ROUNDS {
        let mut is_better = false;
        for (at, item) in items.iter().enumerate() {
            let step = item.shapes.len().div_ceil(6).max(1);
            for shape in item.shapes.iter().step_by(step) {
                let mut preferred = best.way.preferred.clone();
                preferred[at] = *shape;
                for tenths in [8, 9, 10, 11, 12] {
                    let limit = best.way.limit * tenths / 10;
                    let way = Way { preferred: preferred.clone(), limit, ..best.way };
                    is_better |= best.consider(items, &way, gap, cost);
                }
            }
        }
        if !is_better {
            break;
        }
    }
}

/// Every way worth a try at first.
fn ways(items: &[PackItem], wanted: i32, gap: i32) -> impl Iterator<Item = Way> {
    starts(items).into_iter().flat_map(move |preferred| {
        let (floors, limits) = (floors(&preferred, wanted), limits(&preferred, gap));
        let orders = if preferred.len() > MANY { 1 } else { 2 };
        let ways = limits.into_iter().flat_map(move |limit| {
            let floors = floors.clone();
            (0..orders).flat_map(move |order| floors.clone().into_iter().map(move |floor| (limit, order == 1, floor)))
        });
        ways.map(move |(limit, is_by_height, floor)| Way { preferred: preferred.clone(), is_by_height, limit, floor })
    })
}

/// What to begin with: for each proportion the shapes of the boxes that are nearest to it.
fn starts(items: &[PackItem]) -> Vec<Vec<Size>> {
    let has_choice = items.iter().any(|item| item.shapes.len() > 1);
    let proportions = PREFERRED.into_iter().take(if has_choice { PREFERRED.len() } else { 1 });
    proportions.map(|tenths| items.iter().map(|item| item.near(tenths)).collect()).collect()
}

impl Way {
    /// The order in which boxes are taken: by width in classes and then by height, so that boxes of about one width
    /// stand together; or by height alone.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.preferred.len()).collect();
        order.sort_by_key(|item| {
            let Size { width, height } = self.preferred[*item];
            let class = if self.is_by_height { 0 } else { width / 64 };
            (std::cmp::Reverse(class), std::cmp::Reverse(height), std::cmp::Reverse(width), *item)
        });
        order
    }
}

/// Least widths of strips worth a try: as wide as their widest box, or with room for others beside it.
fn floors(preferred: &[Size], wanted: i32) -> Vec<i32> {
    let widest = preferred.iter().map(|size| size.width).max().unwrap_or(0);
    let mut floors = match preferred.len() {
        0..=1 => vec![0],
        count if count > MANY => vec![0, widest * 2],
        _ => vec![0, widest * 3 / 2, widest * 2],
    };
    if wanted > 0 {
        floors.truncate(1);
        floors.extend([wanted, wanted / 2]);
    }
    floors
}

/// Heights of strips worth a try.
fn limits(preferred: &[Size], gap: i32) -> Vec<i64> {
    let total: i64 = preferred.iter().map(|size| i64::from(size.height + gap)).sum();
    let mut limit = preferred.iter().map(|size| i64::from(size.height)).max().unwrap_or(0);
    let mut limits = vec![limit];
    while limit < total {
        limit = if preferred.len() > MANY { limit * 5 / 4 } else { limit * 9 / 8 } + 8;
        limits.push(limit);
    }
    limits
}

fn extent(strips: &[Strip], gaps: Gaps) -> (i64, i64) {
    let width: i64 = strips.iter().map(|strip| i64::from(strip.width + gaps.strips)).sum::<i64>();
    (width - i64::from(gaps.strips), strips.iter().map(|strip| i64::from(strip.height)).max().unwrap_or(0))
}

/// Where a box can go in a strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seat {
    /// Under the last box of a cell of a row.
    Under(usize, usize),
    /// A second cell of a row.
    Beside(usize),
    /// A row of its own.
    Below,
}

/// Into one of the last rows of any strip where it fits; else a row of its own in the lowest strip that has room; else
/// a new strip.
fn fill(items: &[PackItem], way: &Way, gap: i32) -> Vec<Strip> {
    let Way { preferred, limit, floor, .. } = way;
    let mut strips: Vec<Strip> = Vec::new();
    for at in way.order() {
        let item = &items[at];
        let joined = strips.iter().enumerate().find_map(|(place, strip)| {
            let (seat, shape) = joins(strip, item, gap)?;
            Some((place, seat, shape))
        });
        let below = || {
            let room = |(place, strip): (usize, &Strip)| {
                let shape = item.within(strip.width)?;
                let bottom = i64::from(strip.height) + i64::from(gap + shape.height);
                (bottom <= *limit).then_some((bottom, place, shape))
            };
            let lowest = strips.iter().enumerate().filter_map(room).min_by_key(|(bottom, place, _)| (*bottom, *place));
            lowest.map(|(_, place, shape)| (place, Seat::Below, shape))
        };
        let (place, seat, shape) = joined.or_else(below).unwrap_or((strips.len(), Seat::Below, preferred[at]));
        if place == strips.len() {
            strips.push(Strip { width: shape.width.max(*floor), ..Strip::default() });
        }
        sit(&mut strips[place], seat, at, shape, gap);
    }
    for strip in &mut strips {
        strip.width = strip.rows.iter().map(|row| row.width).max().unwrap_or(0);
    }
    strips
}

fn joins(strip: &Strip, item: &PackItem, gap: i32) -> Option<(Seat, Size)> {
    let recent = strip.rows.len().saturating_sub(LOOK_BACK);
    for (at, row) in strip.rows.iter().enumerate().skip(recent) {
        if row.cells.len() > 1 {
            for (place, cell) in row.cells.iter().enumerate() {
                let shape = item.within(cell.width).filter(|shape| cell.height + gap + shape.height <= row.height);
                if let Some(shape) = shape {
                    return Some((Seat::Under(at, place), shape));
                }
            }
        } else if let Some(shape) =
            item.within(strip.width - row.width - gap).filter(|shape| shape.height <= row.height)
        {
            return Some((Seat::Beside(at), shape));
        }
    }
    None
}

fn sit(strip: &mut Strip, seat: Seat, item: usize, shape: Size, gap: i32) {
    let Size { width, height } = shape;
    let cell = Cell { items: vec![item], width, height };
    match seat {
        Seat::Under(row, place) => {
            let cell = &mut strip.rows[row].cells[place];
            cell.items.push(item);
            cell.height += gap + height;
        }
        Seat::Beside(row) => {
            let row = &mut strip.rows[row];
            row.cells.push(cell);
            row.width += gap + width;
        }
        Seat::Below => {
            strip.height += height + if strip.rows.is_empty() { 0 } else { gap };
            strip.rows.push(Row { cells: vec![cell], width, height });
        }
    }
}

/// Orders strips, the rows of each and the boxes of a cell along the arrows: none of that changes the shape.
fn order_along(strips: &mut [Strip], count: usize, arrows: &[(usize, usize)]) {
    if arrows.is_empty() {
        return;
    }
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut is_linked = vec![false; count];
    for (from, to) in arrows {
        out[*from].push(*to);
        is_linked[*from] = true;
        is_linked[*to] = true;
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
