//! A frame: groups that link to one another stand together as a component, in columns along the links; components
//! and single groups are packed into strips.

use std::sync::Arc;

use crate::columns::Spacing;
use crate::geometry::{Point, Rect, Size};
use crate::group::{Door, GroupLayout, grid_width, lay_out};
use crate::input::{Group, Label, Shape};
use crate::level::{Level, Path, Piece, connect};
use crate::pack::{PackItem, Row, Strip, Target, pack};
use crate::rank::ranks;
use crate::stack::{Stacked, stack};

/// Room left, right and below the groups of a frame.
pub(crate) const PADDING: i32 = 14;

/// Between groups.
const GAP: i32 = 14;

const SPACING: Spacing = Spacing { gutter: 40, idle: GAP, margin: 14, track: 8, lane: 10, clearance: 10 };

/// What a frame is laid out from; two equal jobs give equal frames. Groups are by position in id order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrameJob {
    pub(crate) groups: Vec<Arc<Group>>,
    /// Per group its doors, sorted.
    pub(crate) doors: Vec<Vec<Door>>,
    /// Links between groups of this frame and to the outside.
    pub(crate) paths: Vec<(Path, Option<Label>)>,
    pub(crate) header: i32,
    pub(crate) least_width: i32,
}

/// A frame laid out, relative to its own top left.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrameLayout {
    pub(crate) size: Size,
    pub(crate) groups: Vec<Arc<GroupLayout>>,
    pub(crate) rects: Vec<Rect>,
    pub(crate) piece: Piece,
    components: Vec<Component>,
    /// Component of each group and its place there.
    seat: Vec<(usize, usize)>,
    rows: Level,
    row_of: Vec<usize>,
    origins: Vec<Point>,
    header: i32,
}

/// Linked groups, or a single one.
#[derive(Clone, Debug, Default)]
struct Component {
    members: Vec<usize>,
    /// Column of each member.
    columns: Vec<usize>,
    /// Links among members and to the outside, by place in `members`.
    paths: Vec<(Path, Option<Label>)>,
    level: Level,
    /// Groups that only share a row.
    is_row: bool,
}

/// Lays a frame out. `known` gives a group's layout where it was computed before.
pub(crate) fn lay_out_frame(
    job: &FrameJob,
    target: Target,
    known: &impl Fn(usize, i32, &[(u8, i32)]) -> Option<Arc<GroupLayout>>,
) -> FrameLayout {
    let compute = |group: usize, width: i32, align: &[(u8, i32)]| {
        known(group, width, align)
            .unwrap_or_else(|| Arc::new(lay_out(&job.groups[group], &job.doors[group], width, align)))
    };
    let natural_width = |group: usize| match job.groups[group].shape {
        Shape::Grid { .. } => grid_width(&job.groups[group]),
        Shape::Columns => 0,
    };
    let mut groups: Vec<Arc<GroupLayout>> =
        (0..job.groups.len()).map(|group| compute(group, natural_width(group), &[])).collect();
    let (mut components, seat) = components(job);
    for component in &mut components {
        component.solve(job, &groups, 0);
    }
    let (components, seat) = side_by_side(components, seat);
    let mut components = components;
    for component in components.iter_mut().filter(|component| component.is_row) {
        component.solve(job, &groups, 0);
    }
    let items: Vec<PackItem> = components.iter().map(Component::pack_item).collect();
    let inner = match target {
        Target::Aspect(across, down) => Target::Aspect(across, down),
        Target::Width(width) => Target::Width(width - 2 * PADDING),
    };
    let strips = pack(&items, inner, GAP);
    for strip in &strips {
        fit(job, strip, &mut groups, &mut components, &compute);
    }
    arrange(job, &strips, groups, components, seat)
}

/// Gives every component of a strip its width: grids reflow, columns of single groups are aligned with one another.
fn fit(
    job: &FrameJob,
    strip: &Strip,
    groups: &mut [Arc<GroupLayout>],
    components: &mut [Component],
    compute: &impl Fn(usize, i32, &[(u8, i32)]) -> Arc<GroupLayout>,
) {
    let align = common_columns(strip, groups, components);
    for row in &strip.rows {
        let is_alone = is_alone(row);
        for (item, width) in row.cells.iter().flat_map(|cell| cell.items.iter().map(|item| (*item, cell.width))) {
            let component = &mut components[item];
            if let [group] = component.members[..] {
                match job.groups[group].shape {
                    Shape::Grid { .. } => groups[group] = compute(group, width, &[]),
                    Shape::Columns if is_alone && differs(&groups[group].columns, &align) => {
                        groups[group] = compute(group, 0, &align);
                    }
                    Shape::Columns => {}
                }
            }
            component.solve(job, groups, width);
        }
    }
}

/// Whether a row holds one box alone.
fn is_alone(row: &Row) -> bool {
    matches!(&row.cells[..], [cell] if cell.items.len() == 1)
}

fn differs(own: &[(u8, i32, i32)], align: &[(u8, i32)]) -> bool {
    own.iter().any(|(role, x, _)| align.iter().any(|(other, wanted)| other == role && wanted != x))
}

/// Left edges of role columns that all single groups of a strip can share; empty where that would need more room.
fn common_columns(strip: &Strip, groups: &[Arc<GroupLayout>], components: &[Component]) -> Vec<(u8, i32)> {
    let singles: Vec<&Arc<GroupLayout>> = strip
        .rows
        .iter()
        .filter(|row| is_alone(row))
        .filter_map(|row| match components[row.cells[0].items[0]].members[..] {
            [group] if !groups[group].columns.is_empty() => Some(&groups[group]),
            _ => None,
        })
        .collect();
    let mut roles: Vec<u8> = singles.iter().flat_map(|group| group.columns.iter().map(|column| column.0)).collect();
    roles.sort_unstable();
    roles.dedup();
    let mut align: Vec<(u8, i32)> = Vec::with_capacity(roles.len());
    for role in roles {
        let mut x = align.last().map_or(0, |last| last.1 + 1);
        for group in &singles {
            let Some(at) = group.columns.iter().position(|column| column.0 == role) else { continue };
            let own = group.columns[at].1;
            let before = at.checked_sub(1).map(|before| group.columns[before]);
            let shifted = before
                .and_then(|(role, x, _)| align.iter().find(|entry| entry.0 == role).map(|entry| entry.1 + own - x));
            x = x.max(shifted.unwrap_or(own));
        }
        // Columns that no single group has side by side must not overlap either.
        if let Some((last_role, last_x)) = align.last().copied() {
            let width = singles
                .iter()
                .flat_map(|group| &group.columns)
                .filter(|column| column.0 == last_role)
                .map(|column| column.2)
                .max();
            x = x.max(last_x + width.unwrap_or(0) + GAP * 3);
        }
        align.push((role, x));
    }
    let fits = singles.iter().all(|group| {
        group.columns.last().is_none_or(|(role, x, _)| {
            let wanted = align.iter().find(|entry| entry.0 == *role).map_or(*x, |entry| entry.1);
            group.size.width + wanted - x <= strip.width
        })
    });
    if fits { align } else { Vec::new() }
}

/// Stacks the rows, routes what passes the frame's edges, and collects where everything stands.
fn arrange(
    job: &FrameJob,
    strips: &[Strip],
    groups: Vec<Arc<GroupLayout>>,
    components: Vec<Component>,
    seat: Vec<(usize, usize)>,
) -> FrameLayout {
    let sizes: Vec<Piece> = components
        .iter()
        .map(|component| Piece { size: component.level.size, doors: component.level.doors.clone() })
        .collect();
    let Stacked { pieces, columns, row_of, offsets } = stack(strips, &sizes, GAP);
    let outer: Vec<(Path, Option<Label>)> = job
        .paths
        .iter()
        .filter_map(|(path, label)| {
            let row = |group: usize| row_of[seat[group].0];
            let (from, to) = (path.from.map(row), path.to.map(row));
            (from.is_none() || to.is_none()).then_some((Path { from, to, net: path.net }, *label))
        })
        .collect();
    let rows = connect(&pieces, &columns, &outer, GAP, &SPACING, None);
    let inset = Point { x: PADDING, y: job.header };
    let origins: Vec<Point> = (0..components.len())
        .map(|component| {
            let row = rows.boxes[row_of[component]];
            Point { x: row.x, y: row.y }.plus(offsets[component]).plus(inset)
        })
        .collect();
    let last_of_cell = last_of_cells(strips, components.len());
    let rects = seat
        .iter()
        .map(|(component, member)| {
            let mut rect = components[*component].level.boxes[*member].moved(origins[*component]);
            // The lowest box of a cell reaches down to the end of its row.
            if components[*component].members.len() == 1 && last_of_cell[*component] {
                rect.height = rows.boxes[row_of[*component]].height - offsets[*component].y;
            }
            rect
        })
        .collect();
    let size = Size {
        width: (rows.size.width + 2 * PADDING).max(job.least_width),
        height: rows.size.height + job.header + PADDING,
    };
    let doors = rows.doors.iter().map(|(net, is_exit, y)| (*net, *is_exit, y + job.header)).collect();
    FrameLayout {
        size,
        groups,
        rects,
        piece: Piece { size, doors },
        components,
        seat,
        rows,
        row_of,
        origins,
        header: job.header,
    }
}

/// Whether a box is the lowest of its cell.
fn last_of_cells(strips: &[Strip], count: usize) -> Vec<bool> {
    let mut last = vec![false; count];
    for cell in strips.iter().flat_map(|strip| &strip.rows).flat_map(|row| &row.cells) {
        if let Some(item) = cell.items.last() {
            last[*item] = true;
        }
    }
    last
}

impl Component {
    /// Lays the members out; a `width` wider than needed is given to the columns evenly.
    fn solve(&mut self, job: &FrameJob, groups: &[Arc<GroupLayout>], width: i32) {
        let columns = self.columns.iter().map(|column| column + 1).max().unwrap_or(0);
        let pieces = |extra: i32| -> Vec<Piece> {
            let mut widths = vec![0; columns];
            for (member, column) in self.members.iter().zip(&self.columns) {
                widths[*column] = widths[*column].max(groups[*member].size.width);
            }
            let count = i32::try_from(columns).unwrap_or(1).max(1);
            self.members
                .iter()
                .zip(&self.columns)
                .map(|(member, column)| {
                    let group = &groups[*member];
                    let doors = job.doors[*member].iter();
                    let mut doors: Vec<(u64, bool, i32)> =
                        doors.map(|door| (door.net, door.is_exit, group.door_height(*door))).collect();
                    doors.sort_unstable();
                    doors.dedup();
                    let size = Size { width: widths[*column] + extra / count, height: group.size.height };
                    Piece { size, doors }
                })
                .collect()
        };
        self.level = connect(&pieces(0), &self.columns, &self.paths, GAP, &SPACING, None);
        if width > self.level.size.width {
            self.level =
                connect(&pieces(width - self.level.size.width), &self.columns, &self.paths, GAP, &SPACING, None);
        }
    }

    fn pack_item(&self) -> PackItem {
        let piece = Piece { size: self.level.size, doors: self.level.doors.clone() };
        PackItem { size: self.level.size, has_entry: piece.has(false), has_exit: piece.has(true) }
    }
}

/// Puts single groups that have links to other frames side by side, as wide as the widest component: wires find their
/// way between them.
fn side_by_side(components: Vec<Component>, seat: Vec<(usize, usize)>) -> (Vec<Component>, Vec<(usize, usize)>) {
    let widest = components.iter().map(|component| component.level.size.width).max().unwrap_or(0);
    let joins = |component: &Component| {
        component.members.len() == 1
            && !component.level.doors.is_empty()
            && component.level.size.width * 2 + GAP <= widest
    };
    let mut order: Vec<usize> = (0..components.len()).filter(|at| joins(&components[*at])).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(components[*at].level.size.height), *at));
    let mut rows: Vec<(Vec<usize>, i32)> = Vec::new();
    for at in order {
        let width = components[at].level.size.width + GAP * 3;
        match rows.last_mut().filter(|row| row.1 + width <= widest) {
            Some(row) => {
                row.0.push(at);
                row.1 += width;
            }
            None => rows.push((vec![at], width)),
        }
    }
    rows.retain(|row| row.0.len() > 1);
    let is_joined = |at: usize| rows.iter().any(|row| row.0.contains(&at));
    let mut kept: Vec<Component> = Vec::with_capacity(components.len());
    let mut seats = seat;
    for (at, component) in components.iter().enumerate().filter(|(at, _)| !is_joined(*at)) {
        debug_assert!(at >= kept.len());
        for (member, group) in component.members.iter().enumerate() {
            seats[*group] = (kept.len(), member);
        }
        kept.push(component.clone());
    }
    for (row, _) in &rows {
        let mut joined = Component { is_row: true, ..Component::default() };
        for (place, at) in row.iter().enumerate() {
            let single = &components[*at];
            seats[single.members[0]] = (kept.len(), place);
            joined.members.push(single.members[0]);
            joined.columns.push(place);
            joined.paths.extend(single.paths.iter().map(|(path, label)| {
                let here = |end: Option<usize>| end.map(|_| place);
                (Path { from: here(path.from), to: here(path.to), net: path.net }, *label)
            }));
        }
        kept.push(joined);
    }
    (kept, seats)
}

/// Components of the groups by the links between them, with a column for each member.
fn components(job: &FrameJob) -> (Vec<Component>, Vec<(usize, usize)>) {
    let count = job.groups.len();
    let inner: Vec<(usize, usize)> =
        job.paths.iter().filter_map(|(path, _)| Some((path.from?, path.to?))).filter(|(from, to)| from != to).collect();
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in inner {
        near[from].push(to);
        near[to].push(from);
        out[from].push(to);
    }
    let rank = ranks(&out);
    let mut seat = vec![(usize::MAX, 0); count];
    let mut components: Vec<Component> = Vec::new();
    for root in 0..count {
        if seat[root].0 != usize::MAX {
            continue;
        }
        let mut members = Vec::new();
        let mut stack = vec![root];
        while let Some(group) = stack.pop() {
            if seat[group].0 != usize::MAX {
                continue;
            }
            seat[group].0 = components.len();
            members.push(group);
            stack.extend(&near[group]);
        }
        members.sort_unstable();
        let mut used: Vec<usize> = members.iter().map(|member| rank[*member]).collect();
        used.sort_unstable();
        used.dedup();
        let columns = members.iter().map(|member| used.binary_search(&rank[*member]).unwrap_or(0)).collect();
        for (at, member) in members.iter().enumerate() {
            seat[*member].1 = at;
        }
        components.push(Component { members, columns, ..Component::default() });
    }
    for (path, label) in &job.paths {
        let Some(group) = path.from.or(path.to) else { continue };
        let place = |group: usize| seat[group].1;
        let path = Path { from: path.from.map(place), to: path.to.map(place), net: path.net };
        // The label of what leaves or enters stands further out.
        let label = label.filter(|_| path.from.is_some() && path.to.is_some());
        components[seat[group].0].paths.push((path, label));
    }
    (components, seat)
}

impl FrameLayout {
    /// The way of a link inside this frame, from one group's edge to the other's or to the frame's edge; with its
    /// label where both ends are here.
    pub(crate) fn route(&self, path: Path) -> (Vec<Point>, Option<Rect>) {
        let (Some(group), net) = (path.from.or(path.to), path.net) else { return (Vec::new(), None) };
        let (component, _) = self.seat[group];
        let place = |group: usize| self.seat[group].1;
        let inner = Path { from: path.from.map(place), to: path.to.map(place), net };
        let origin = self.origins[component];
        let (points, label) = self.components[component].level.route(inner);
        let mut points: Vec<Point> = points.iter().map(|point| point.plus(origin)).collect();
        let label = label.map(|label| label.moved(origin));
        if path.from.is_some() && path.to.is_some() {
            return (points, label);
        }
        let row = self.row_of[component];
        let outer = Path { from: path.from.map(|_| row), to: path.to.map(|_| row), net };
        let inset = Point { x: PADDING, y: self.header };
        let way = self.rows.route(outer).0.iter().map(|point| point.plus(inset));
        if path.to.is_none() {
            points.extend(way);
        } else {
            points.splice(0..0, way);
        }
        (points, None)
    }
}
