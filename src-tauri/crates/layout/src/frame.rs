//! A frame: groups that link to one another stand together as a component, in columns along the links; components
//! and single groups are packed into strips.

use std::sync::Arc;

use crate::columns::Spacing;
use crate::geometry::{Point, Rect, Size};
use crate::group::{Door, GroupLayout, grid_width, lay_out};
use crate::hold::{Adopted, Held, pin, slots};
use crate::input::{Group, Label, Shape};
use crate::level::{Level, Path, Piece, connect};
use crate::pack::{PackItem, Row, Strip, Target, pack};
use crate::rank::ranks;
use crate::stack::{Stacked, stack};

/// Room left, right and below the groups of a frame.
pub(crate) const PADDING: i32 = 14;

/// Between groups.
const GAP: i32 = 14;

const SPACING: Spacing = Spacing { gutter: 40, idle: GAP, margin: 14, track: 12, lane: 10, clearance: 10 };

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
    held: Held,
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

/// Lays a frame out. `known` gives a group's layout where it was computed before; with `before`, the same frame as it
/// was, what is still there keeps its place.
pub(crate) fn lay_out_frame(
    job: &FrameJob,
    target: Target,
    before: Option<&FrameLayout>,
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
        if component.members.len() > 1 {
            align_columns(component, &mut groups, &compute);
        }
        component.solve(job, &groups, 0, None);
    }
    let (mut components, seat) = side_by_side(components, seat);
    for component in components.iter_mut().filter(|component| component.is_row) {
        component.solve(job, &groups, 0, None);
    }
    let names: Vec<String> = components.iter().map(|component| component.name(job)).collect();
    let twin = |component: usize| -> Option<&Component> {
        let before = before?;
        let at = before.held.names.iter().position(|name| *name == names[component])?;
        before.components.get(at)
    };
    let items: Vec<PackItem> = components.iter().map(Component::pack_item).collect();
    let inner = match target {
        Target::Aspect(across, down) => Target::Aspect(across, down),
        Target::Width(width) => Target::Width(width - 2 * PADDING),
    };
    let kept = before.and_then(|before| Some((before, before.held.adopt(&names, &items)?)));
    let strips = kept.as_ref().map_or_else(|| pack(&items, inner, GAP), |(_, adopted)| adopted.strips.clone());
    let twins: Vec<Option<&Component>> =
        (0..components.len()).map(|at| if kept.is_some() { twin(at) } else { None }).collect();
    for strip in &strips {
        fit(job, strip, &mut groups, &mut components, &twins, &compute);
    }
    arrange(job, strips, groups, components, seat, names, kept)
}

/// Gives every component of a strip its width: grids reflow, columns of single groups are aligned with one another.
fn fit(
    job: &FrameJob,
    strip: &Strip,
    groups: &mut [Arc<GroupLayout>],
    components: &mut [Component],
    twins: &[Option<&Component>],
    compute: &impl Fn(usize, i32, &[(u8, i32)]) -> Arc<GroupLayout>,
) {
    let align = strip_columns(strip, groups, components);
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
            component.solve(job, groups, width, twins[item]);
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

/// Left edges of role columns that these groups can share; empty where that would need more than this width.
fn common_columns(groups: &[&Arc<GroupLayout>], width: i32) -> Vec<(u8, i32)> {
    let mut roles: Vec<u8> = groups.iter().flat_map(|group| group.columns.iter().map(|column| column.0)).collect();
    roles.sort_unstable();
    roles.dedup();
    let mut align: Vec<(u8, i32)> = Vec::with_capacity(roles.len());
    for role in roles {
        let mut x = align.last().map_or(0, |last| last.1 + 1);
        for group in groups {
            let Some(at) = group.columns.iter().position(|column| column.0 == role) else { continue };
            let own = group.columns[at].1;
            let before = at.checked_sub(1).map(|before| group.columns[before]);
            let shifted = before
                .and_then(|(role, x, _)| align.iter().find(|entry| entry.0 == role).map(|entry| entry.1 + own - x));
            x = x.max(shifted.unwrap_or(own));
        }
        // Columns that no group has side by side must not overlap either.
        if let Some((last_role, last_x)) = align.last().copied() {
            let columns = groups.iter().flat_map(|group| &group.columns);
            let last_width = columns.filter(|column| column.0 == last_role).map(|column| column.2).max();
            x = x.max(last_x + last_width.unwrap_or(0) + GAP * 3);
        }
        align.push((role, x));
    }
    let fits = groups.iter().all(|group| {
        group.columns.last().is_none_or(|(role, x, _)| {
            let wanted = align.iter().find(|entry| entry.0 == *role).map_or(*x, |entry| entry.1);
            group.size.width + wanted - x <= width
        })
    });
    if fits { align } else { Vec::new() }
}

/// The role columns of single groups that stand alone in their rows of a strip.
fn strip_columns(strip: &Strip, groups: &[Arc<GroupLayout>], components: &[Component]) -> Vec<(u8, i32)> {
    let rows = strip.rows.iter().filter(|row| is_alone(row));
    let singles: Vec<&Arc<GroupLayout>> = rows
        .filter_map(|row| match components[row.cells[0].items[0]].members[..] {
            [group] if !groups[group].columns.is_empty() => Some(&groups[group]),
            _ => None,
        })
        .collect();
    common_columns(&singles, strip.width)
}

/// Aligns the groups of each column of a component.
fn align_columns(
    component: &Component,
    groups: &mut [Arc<GroupLayout>],
    compute: &impl Fn(usize, i32, &[(u8, i32)]) -> Arc<GroupLayout>,
) {
    let columns = component.columns.iter().map(|column| column + 1).max().unwrap_or(0);
    for column in 0..columns {
        let in_column = component.members.iter().zip(&component.columns).filter(|(_, at)| **at == column);
        let members: Vec<usize> =
            in_column.map(|(member, _)| *member).filter(|member| !groups[*member].columns.is_empty()).collect();
        let layouts: Vec<&Arc<GroupLayout>> = members.iter().map(|member| &groups[*member]).collect();
        let widest = layouts.iter().map(|layout| layout.size.width).max().unwrap_or(0);
        // A little wider than needed is a small price for columns that line up.
        let align = common_columns(&layouts, widest + widest / 8);
        for member in members {
            if differs(&groups[member].columns, &align) {
                groups[member] = compute(member, 0, &align);
            }
        }
    }
}

/// Stacks the rows, routes what passes the frame's edges, and collects where everything stands.
fn arrange(
    job: &FrameJob,
    strips: Vec<Strip>,
    groups: Vec<Arc<GroupLayout>>,
    components: Vec<Component>,
    seat: Vec<(usize, usize)>,
    names: Vec<String>,
    kept: Option<(&FrameLayout, Adopted)>,
) -> FrameLayout {
    let sizes: Vec<Piece> = components
        .iter()
        .map(|component| Piece { size: component.level.size, doors: component.level.doors.clone() })
        .collect();
    let known = kept.as_ref().map_or(&[][..], |(_, adopted)| &adopted.offsets);
    let Stacked { pieces, columns, row_of, offsets } = stack(&strips, &sizes, known, GAP);
    let outer: Vec<(Path, Option<Label>)> = job
        .paths
        .iter()
        .filter_map(|(path, label)| {
            let row = |group: usize| row_of[seat[group].0];
            let (from, to) = (path.from.map(row), path.to.map(row));
            (from.is_none() || to.is_none()).then_some((Path { from, to, net: path.net }, *label))
        })
        .collect();
    let pinned = kept.map(|(before, adopted)| adopted.pin(&before.held, &pieces, &columns, GAP));
    let rows = connect(&pieces, &columns, &outer, GAP, &SPACING, pinned.as_ref());
    let inset = Point { x: PADDING, y: job.header };
    let origins: Vec<Point> = (0..components.len())
        .map(|component| {
            let row = rows.boxes[row_of[component]];
            Point { x: row.x, y: row.y }.plus(offsets[component]).plus(inset)
        })
        .collect();
    let last_of_cell = last_of_cells(&strips, components.len());
    let held = Held::new(names, strips, offsets.clone(), &rows);
    let rects = seat
        .iter()
        .map(|(component, member)| {
            let mut rect = components[*component].level.boxes[*member].moved(origins[*component]);
            // The lowest box of a cell reaches down to the end of its row.
            if components[*component].members.len() == 1 && last_of_cell[*component] {
                let floor = rows.boxes[row_of[*component]].height - offsets[*component].y;
                if floor <= rect.height * 2 {
                    rect.height = floor;
                }
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
        held,
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
    /// With `before`, the members keep their places as far as they still fit.
    fn solve(&mut self, job: &FrameJob, groups: &[Arc<GroupLayout>], width: i32, before: Option<&Self>) {
        if let Some(before) = before.filter(|before| before.columns.len() == self.columns.len()) {
            self.columns.clone_from(&before.columns);
        }
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
        if let Some(before) = before {
            let pieces = pieces(0);
            let heights: Vec<i32> = pieces.iter().map(|piece| piece.size.height).collect();
            let widths: Vec<i32> = pieces.iter().map(|piece| piece.size.width).collect();
            let places = &before.level;
            let slots = slots(&places.boxes);
            let pinned = pin(&slots, &heights, &widths, &self.columns, &places.columns, places.size.width, GAP);
            // Columns keep the width they were given.
            let pieces: Vec<Piece> = pieces
                .into_iter()
                .zip(&self.columns)
                .map(|(piece, column)| {
                    let own = places.columns.get(*column).map_or(0, |column| column.1);
                    Piece { size: Size { width: piece.size.width.max(own), ..piece.size }, ..piece }
                })
                .collect();
            self.level = connect(&pieces, &self.columns, &self.paths, GAP, &SPACING, Some(&pinned));
            return;
        }
        self.level = connect(&pieces(0), &self.columns, &self.paths, GAP, &SPACING, None);
        if width > self.level.size.width {
            let extra = width - self.level.size.width;
            self.level = connect(&pieces(extra), &self.columns, &self.paths, GAP, &SPACING, None);
        }
    }

    /// The ids of its members.
    fn name(&self, job: &FrameJob) -> String {
        let ids: Vec<&str> = self.members.iter().map(|member| &*job.groups[*member].id).collect();
        ids.join("\n")
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
