//! Filling strips with boxes, once for every way worth a try. Thousands of ways are tried for one sheet, so a try only
//! notes where each box would go; the best one is then made into strips.

use crate::geometry::Size;
use crate::strips::{Arrow, Cell, Gaps, PackItem, Row, Strip};

/// Rows of a strip, from the lowest up, in which a place is looked for.
const LOOK_BACK: usize = 4;

/// Beyond so many boxes fewer ways are tried: what one loses is small among them.
const MANY: usize = 100;

/// How often each box is offered other shapes.
const ROUNDS: usize = 2;

/// Width to height, in tenths, that boxes of several shapes may be asked for.
const PREFERRED: [i64; 5] = [6, 11, 18, 28, 60];

/// A way of filling strips.
#[derive(Clone, Debug, Default)]
pub(crate) struct Way {
    /// The shape of a box that begins a strip.
    preferred: Vec<Size>,
    /// The order in which boxes are taken.
    order: Vec<usize>,
    is_by_height: bool,
    /// How high strips may become.
    limit: i64,
    /// Least width of a strip while it is filled.
    floor: i32,
}

/// What is tried beyond the usual ways.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Search {
    /// Other shapes, box by box.
    pub(crate) shapes: bool,
    /// Other orders: boxes change places, two at a time, so that linked ones come to stand beside one another.
    pub(crate) order: bool,
}

/// Where boxes went.
#[derive(Debug)]
pub(crate) struct Filling<'a> {
    items: &'a [PackItem],
    gaps: Gaps,
    bins: Vec<Bin>,
    shelves: Vec<Shelf>,
    /// Per box its shelf and its cell there.
    seats: Vec<(usize, usize)>,
    /// What links inside the boxes go out of their way, as an area.
    pub(crate) detoured: i64,
}

/// A strip while it is filled.
#[derive(Debug)]
struct Bin {
    room: i32,
    used: i32,
    height: i32,
    /// Its last shelves, the oldest first.
    recent: [usize; LOOK_BACK],
    count: usize,
}

/// A row while it is filled.
#[derive(Debug)]
struct Shelf {
    bin: usize,
    width: i32,
    height: i32,
    cells: [Size; 2],
    count: usize,
}

/// Where a box can go.
#[derive(Clone, Copy, Debug)]
enum Seat {
    /// Under the last box of a cell of a shelf.
    Under(usize, usize),
    /// A second cell of a shelf.
    Beside(usize),
    /// A shelf of its own at the end of a strip.
    Below(usize),
}

/// The way of least cost, tried one by one. With `wanted`, strips of that width are tried too.
pub(crate) fn best(
    items: &[PackItem],
    gaps: Gaps,
    wanted: i32,
    search: Search,
    cost: impl Fn(&Filling<'_>) -> (i64, i64),
) -> Vec<Strip> {
    let mut filling = Filling::new(items, gaps);
    let mut best: Option<((i64, i64), Way)> = None;
    let mut consider = |way: &Way, best: &mut Option<((i64, i64), Way)>| {
        filling.fill(way);
        let cost = cost(&filling);
        let is_better = best.as_ref().is_none_or(|(least, _)| cost < *least);
        if is_better {
            *best = Some((cost, way.clone()));
        }
        is_better
    };
    each_way(items, wanted, gaps.rows, |way| {
        consider(way, &mut best);
    });
    for _ in 0..if search.shapes { ROUNDS } else { 0 } {
        let mut is_better = false;
        for (at, item) in items.iter().enumerate() {
            let step = item.shapes.len().div_ceil(6).max(1);
            for shape in item.shapes.iter().step_by(step) {
                let Some((_, from)) = &best else { continue };
                let limit = from.limit;
                let mut way = from.clone();
                way.preferred[at] = *shape;
                way.order = order(&way.preferred, way.is_by_height);
                for tenths in [8, 9, 10, 11, 12] {
                    way.limit = limit * tenths / 10;
                    is_better |= consider(&way, &mut best);
                }
            }
        }
        if !is_better {
            break;
        }
    }
    for _ in 0..if search.order { ROUNDS } else { 0 } {
        let mut is_better = false;
        for (one, other) in (1..items.len()).flat_map(|other| (0..other).map(move |one| (one, other))) {
            let Some((_, from)) = &best else { continue };
            let mut way = from.clone();
            way.order.swap(one, other);
            is_better |= consider(&way, &mut best);
        }
        if !is_better {
            break;
        }
    }
    let Some((_, way)) = best else { return Vec::new() };
    filling.fill(&way);
    filling.strips(&way.order)
}

/// Fills every way worth a try at first.
pub(crate) fn each_filling(items: &[PackItem], gaps: Gaps, mut each: impl FnMut(&Filling<'_>)) {
    let mut filling = Filling::new(items, gaps);
    each_way(items, 0, gaps.rows, |way| {
        filling.fill(way);
        each(&filling);
    });
}

/// Every way worth a try at first.
fn each_way(items: &[PackItem], wanted: i32, gap: i32, mut each: impl FnMut(&Way)) {
    let has_choice = items.iter().any(|item| item.shapes.len() > 1);
    for tenths in PREFERRED.into_iter().take(if has_choice { PREFERRED.len() } else { 1 }) {
        let preferred: Vec<Size> = items.iter().map(|item| item.near(tenths)).collect();
        let (floors, limits) = (floors(&preferred, wanted), limits(&preferred, gap));
        let mut way = Way { preferred, ..Way::default() };
        for is_by_height in [false, true].into_iter().take(if items.len() > MANY { 1 } else { 2 }) {
            way.order = order(&way.preferred, is_by_height);
            way.is_by_height = is_by_height;
            for limit in limits.iter().copied() {
                for floor in floors.iter().copied() {
                    (way.limit, way.floor) = (limit, floor);
                    each(&way);
                }
            }
        }
    }
}

/// By width in classes and then by height, so that boxes of about one width stand together; or by height alone.
fn order(preferred: &[Size], is_by_height: bool) -> Vec<usize> {
    let mut order: Vec<usize> = (0..preferred.len()).collect();
    order.sort_by_key(|item| {
        let Size { width, height } = preferred[*item];
        let class = if is_by_height { 0 } else { width / 64 };
        (std::cmp::Reverse(class), std::cmp::Reverse(height), std::cmp::Reverse(width), *item)
    });
    order
}

/// Least widths of strips worth a try: as wide as their widest box, or with room for others beside it.
fn floors(preferred: &[Size], wanted: i32) -> Vec<i32> {
    let widest = preferred.iter().map(|size| size.width).max().unwrap_or(0);
    match preferred.len() {
        _ if wanted > 0 => vec![0, wanted, wanted / 2],
        0..=1 => vec![0],
        count if count > MANY => vec![0, widest * 2],
        _ => vec![0, widest * 3 / 2, widest * 2],
    }
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

impl<'a> Filling<'a> {
    fn new(items: &'a [PackItem], gaps: Gaps) -> Self {
        Self { items, gaps, bins: Vec::new(), shelves: Vec::new(), seats: vec![(0, 0); items.len()], detoured: 0 }
    }

    /// How many boxes there are.
    pub(crate) fn count(&self) -> usize {
        self.items.len()
    }

    /// Width and height of everything.
    pub(crate) fn extent(&self) -> (i64, i64) {
        let width: i64 = self.bins.iter().map(|bin| i64::from(bin.used + self.gaps.strips)).sum();
        let height = self.bins.iter().map(|bin| i64::from(bin.height)).max().unwrap_or(0);
        (width - i64::from(self.gaps.strips), height)
    }

    /// How far out of their way these links must go. Free is leaving to the right for another strip and arriving there
    /// from the left; what turns back into its own strip, around a cell beside it, or by the other side pays.
    pub(crate) fn detours(&self, arrows: &[Arrow]) -> i64 {
        let mut sum = 0;
        let mut between: Vec<((usize, usize), i64)> = Vec::new();
        for Arrow { from, to, count } in arrows.iter().copied() {
            let bins = (self.shelves[self.seats[from].0].bin, self.shelves[self.seats[to].0].bin);
            match between.iter_mut().find(|entry| entry.0 == bins) {
                _ if bins.0 == bins.1 => {}
                Some(entry) => entry.1 += count,
                None => between.push((bins, count)),
            }
            sum += count * self.detour(from, to);
        }
        // Strips are ordered along most of the links; the others run against the reading direction.
        for ((from, to), count) in &between {
            let back = between.iter().find(|entry| entry.0 == (*to, *from)).map_or(0, |entry| entry.1);
            sum += count.min(&back);
        }
        sum
    }

    fn detour(&self, from: usize, to: usize) -> i64 {
        let ((from_shelf, from_cell), (to_shelf, to_cell)) = (self.seats[from], self.seats[to]);
        let (from, to) = (&self.shelves[from_shelf], &self.shelves[to_shelf]);
        let is_last = |shelf: &Shelf, cell: usize| cell + 1 == shelf.count;
        let (leaves_right, arrives_left) = (is_last(from, from_cell), to_cell == 0);
        let turned = i64::from(!leaves_right) + i64::from(!arrives_left);
        if from.bin != to.bin {
            return turned;
        }
        let shares_side = from_cell == 0 && arrives_left || leaves_right && is_last(to, to_cell);
        turned + if shares_side { 1 } else { 3 }
    }

    /// Into one of the last shelves of any strip where it fits; else a shelf of its own in the lowest strip that has
    /// room; else a new strip.
    fn fill(&mut self, way: &Way) {
        self.bins.clear();
        self.shelves.clear();
        self.detoured = 0;
        let gap = self.gaps.rows;
        for at in way.order.iter().copied() {
            let item = &self.items[at];
            let joined = self.bins.iter().find_map(|bin| self.joins(bin, item));
            let below = || {
                let room = |(place, bin): (usize, &Bin)| {
                    let shape = item.within(bin.room)?;
                    let bottom = i64::from(bin.height) + i64::from(gap + shape.height);
                    (bottom <= way.limit).then_some((bottom, place, shape))
                };
                let lowest =
                    self.bins.iter().enumerate().filter_map(room).min_by_key(|(bottom, place, _)| (*bottom, *place));
                lowest.map(|(_, place, shape)| (Seat::Below(place), shape))
            };
            let (seat, shape) = joined.or_else(below).unwrap_or((Seat::Below(self.bins.len()), way.preferred[at]));
            self.detoured += item.detour(shape);
            self.sit(at, seat, shape, way.floor);
        }
    }

    fn joins(&self, bin: &Bin, item: &PackItem) -> Option<(Seat, Size)> {
        let gap = self.gaps.rows;
        for at in bin.recent.iter().copied().take(bin.count.min(LOOK_BACK)) {
            let shelf = &self.shelves[at];
            if shelf.count == 1 {
                let shape = item.within(bin.room - shelf.width - gap).filter(|shape| shape.height <= shelf.height);
                if let Some(shape) = shape {
                    return Some((Seat::Beside(at), shape));
                }
                continue;
            }
            for (place, cell) in shelf.cells.iter().enumerate() {
                let shape = item.within(cell.width).filter(|shape| cell.height + gap + shape.height <= shelf.height);
                if let Some(shape) = shape {
                    return Some((Seat::Under(at, place), shape));
                }
            }
        }
        None
    }

    fn sit(&mut self, item: usize, seat: Seat, shape: Size, floor: i32) {
        let gap = self.gaps.rows;
        match seat {
            Seat::Under(at, place) => {
                self.shelves[at].cells[place].height += gap + shape.height;
                self.seats[item] = (at, place);
            }
            Seat::Beside(at) => {
                let shelf = &mut self.shelves[at];
                shelf.cells[1] = shape;
                shelf.count = 2;
                shelf.width += gap + shape.width;
                self.seats[item] = (at, 1);
                let bin = &mut self.bins[shelf.bin];
                bin.used = bin.used.max(shelf.width);
            }
            Seat::Below(place) => {
                if place == self.bins.len() {
                    let room = shape.width.max(floor);
                    self.bins.push(Bin { room, used: 0, height: -gap, recent: [0; LOOK_BACK], count: 0 });
                }
                let (bin, at) = (&mut self.bins[place], self.shelves.len());
                if bin.count < LOOK_BACK {
                    bin.recent[bin.count] = at;
                } else {
                    bin.recent.rotate_left(1);
                    bin.recent[LOOK_BACK - 1] = at;
                }
                bin.count += 1;
                bin.height += gap + shape.height;
                bin.used = bin.used.max(shape.width);
                let Size { width, height } = shape;
                self.shelves.push(Shelf { bin: place, width, height, cells: [shape, Size::default()], count: 1 });
                self.seats[item] = (at, 0);
            }
        }
    }

    fn strips(&self, order: &[usize]) -> Vec<Strip> {
        let mut strips: Vec<Strip> =
            self.bins.iter().map(|bin| Strip { width: bin.used, rows: Vec::with_capacity(bin.count) }).collect();
        let mut place = Vec::with_capacity(self.shelves.len());
        for shelf in &self.shelves {
            let cells = &shelf.cells[..shelf.count];
            let cells = cells.iter().map(|cell| Cell { items: Vec::new(), width: cell.width }).collect();
            place.push((shelf.bin, strips[shelf.bin].rows.len()));
            strips[shelf.bin].rows.push(Row { cells });
        }
        for item in order.iter().copied() {
            let (shelf, cell) = self.seats[item];
            let (strip, row) = place[shelf];
            strips[strip].rows[row].cells[cell].items.push(item);
        }
        strips
    }
}
