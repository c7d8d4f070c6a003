//! Integer pixels: whole numbers make the same picture on every platform.

/// A point; y runs down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// An axis-parallel rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rect {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

/// Width and height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Size {
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl Point {
    /// The point moved by another.
    pub fn plus(self, by: Self) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y }
    }
}

impl Rect {
    /// Right edge.
    pub fn right(&self) -> i32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> i32 {
        self.y + self.height
    }

    /// The rectangle moved by a vector.
    pub fn moved(self, by: Point) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y, ..self }
    }

    /// Whether the interiors overlap.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// Whether the other lies wholly inside (edges may touch).
    pub fn contains(&self, other: &Self) -> bool {
        self.x <= other.x && self.y <= other.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    /// Whether an axis-parallel segment runs through the interior.
    pub fn is_crossed_by(&self, a: Point, b: Point) -> bool {
        let (left, right) = (a.x.min(b.x), a.x.max(b.x));
        let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
        left < self.right() && right > self.x && top < self.bottom() && bottom > self.y
    }
}

/// Drops repeated points and points in the middle of a straight run.
pub(crate) fn straighten(points: &mut Vec<Point>) {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points.iter().copied() {
        if kept.last() == Some(&point) {
            continue;
        }
        while let [.., a, b] = kept.as_slice() {
            let in_line = (a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y);
            if !in_line {
                break;
            }
            kept.pop();
        }
        if kept.last() != Some(&point) {
            kept.push(point);
        }
    }
    *points = kept;
}
