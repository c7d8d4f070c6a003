//! A frame: its groups packed into strips, the links among them and to the outside in the gutters between.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::at::{At, push};
use crate::columns::{Side, Spacing};
use crate::geometry::{Point, Rect, Size};
use crate::group::{self, Door, GroupLayout, Wish, shapes as grid_shapes};
use crate::hold::Held;
use crate::input::{Group, Label, Shape};
use crate::level::{End, Level, Opening, Path, Piece, connect};
use crate::pack::{Target, pack, shapes};
use crate::stack::{Away, Stacked, cells, reaches, sides, stack};
use crate::strips::{Arrow, Gaps, PackItem, Row, Strip};

/// Room left, right and below the groups of a frame.
pub(crate) const PADDING: i32 = 14;

/// Between groups.
const GAP: i32 = 12;

const SPACING: Spacing = Spacing { gutter: 28, idle: GAP, margin: 10, track: 8, lane: 8, clearance: 9 };

/// What a frame is laid out from; two equal jobs give equal frames. Groups are by position in id order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FrameJob {
    pub(crate) groups: Vec<Arc<Group>>,
    /// Links between groups of this frame and to the outside.
    pub(crate) links: Vec<FrameLink>,
    pub(crate) header: i32,
    pub(crate) least_width: i32,
}

/// A link as a frame sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FrameLink {
    pub(crate) from: Spot,
    pub(crate) to: Spot,
    pub(crate) net: u64,
    pub(crate) label: Option<Label>,
    /// The label, where only inside of the target's group the way is the link's own.
    pub(crate) in_group: Option<Label>,
}

/// Where a link starts or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Spot {
    /// A group, and the leaf in it.
    At(usize, Option<usize>),
    /// Outside of the frame, by one of its sides.
    Beyond(Side),
}

/// A frame's groups and the shapes that the frame could take, before it has a place.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    pub(crate) job: FrameJob,
    pub(crate) groups: Vec<Arc<GroupLayout>>,
    items: Vec<PackItem>,
    arrows: Vec<Arrow>,
    /// The frame as a whole.
    pub(crate) whole: PackItem,
}

/// A frame laid out, relative to its own top left.
#[derive(Clone, Debug, Default)]
pub(crate) struct FrameLayout {
    pub(crate) groups: Vec<Arc<GroupLayout>>,
    pub(crate) rects: Vec<Rect>,
    pub(crate) piece: Piece,
    /// Ways of the links, one per link of the job.
    ways: Vec<Way>,
    rows: Level,
    held: Held,
}

/// The path of a link in a frame and the doors of its groups.
#[derive(Clone, Copy, Debug)]
struct Way {
    path: Path,
    exit: Option<(usize, Door)>,
    entry: Option<(usize, Door)>,
}

/// A group's layout where it was computed before.
pub(crate) type Known<'a> = &'a dyn Fn(usize, &Wish) -> Option<Arc<GroupLayout>>;

/// Measures a frame.
pub(crate) fn measure(job: FrameJob, known: Known<'_>) -> Measured {
    let mut doors: Vec<Vec<Door>> = vec![Vec::new(); job.groups.len()];
    let mut arrows = Vec::new();
    for link in &job.links {
        if let Spot::At(group, leaf) = link.from {
            push(&mut doors, group, Door { net: link.net, leaf, is_exit: true, side: Side::Right, label: None });
        }
        if let Spot::At(group, leaf) = link.to {
            let door = Door { net: link.net, leaf, is_exit: false, side: Side::Left, label: link.in_group };
            push(&mut doors, group, door);
        }
        if let (Spot::At(from, _), Spot::At(to, _)) = (link.from, link.to) {
            arrows.push((from, to));
        }
    }
    let arrows = Arrow::count(arrows);
    let groups: Vec<Arc<GroupLayout>> = job
        .groups
        .iter()
        .zip(doors)
        .enumerate()
        .map(|(at, (group, doors))| match group.shape {
            Shape::Grid { .. } => Arc::default(),
            Shape::Columns => compute(group, wish(doors, 0, Vec::new()), &|wish| known(at, wish)),
        })
        .collect();
    let items: Vec<PackItem> = job
        .groups
        .iter()
        .zip(&groups)
        .map(|(group, layout)| match group.shape {
            Shape::Grid { .. } => PackItem { shapes: grid_shapes(group), detours: Vec::new() },
            Shape::Columns => PackItem::of(layout.size),
        })
        .collect();
    let mut whole = shapes(&items, &arrows, gaps(&arrows));
    for shape in &mut whole.shapes {
        *shape = outer(*shape, &job);
    }
    Measured { job, groups, items, arrows, whole }
}

fn gaps(arrows: &[Arrow]) -> Gaps {
    // A few lines with a label take about twice the least gutter.
    Gaps { strips: if arrows.is_empty() { GAP } else { 2 * SPACING.gutter }, rows: GAP }
}

/// The frame around so much.
fn outer(inner: Size, job: &FrameJob) -> Size {
    let below = if job.groups.is_empty() { 0 } else { inner.height.max(0) + PADDING };
    Size { width: (inner.width + 2 * PADDING).max(job.least_width), height: job.header + below }
}

fn wish(mut doors: Vec<Door>, width: i32, align: Vec<(u8, i32)>) -> Wish {
    doors.sort_unstable();
    doors.dedup();
    Wish { doors: doors.into(), width, align }
}

fn compute(group: &Group, wish: Wish, known: &dyn Fn(&Wish) -> Option<Arc<GroupLayout>>) -> Arc<GroupLayout> {
    known(&wish).unwrap_or_else(|| Arc::new(group::compute(group, wish)))
}

/// Lays a frame out in this width. `job` is the measured one with the sides by which its links leave and arrive. With
/// `before`, the same frame as it was, what is still there keeps its place.
pub(crate) fn lay_out_frame(
    job: &FrameJob,
    measured: &Measured,
    width: i32,
    before: Option<&FrameLayout>,
    is_part: bool,
    known: Known<'_>,
) -> FrameLayout {
    let names: Vec<String> = job.groups.iter().map(|group| group.id.to_string()).collect();
    let least = |item: usize| measured.items.get(item).map_or(0, |item| item.least().width);
    let kept = before.and_then(|before| Some((before, before.held.adopt(&names, &measured.items, is_part, least)?)));
    let strips = match &kept {
        Some((_, adopted)) => adopted.strips.clone(),
        None => pack(&measured.items, &measured.arrows, Target::Width(width - 2 * PADDING), gaps(&measured.arrows)),
    };
    let (mut ways, doors) = ways(job, &strips);
    let groups = fit(job, measured, &strips, doors, known);
    let pieces: Vec<Piece> = groups
        .iter()
        .zip(openings(&ways, &groups))
        .map(|(group, openings)| Piece { size: group.size, openings })
        .collect();
    let known = kept.as_ref().map_or(&[][..], |(_, adopted)| &adopted.offsets);
    let Stacked { pieces, columns, row_of, offsets } = stack(&strips, &pieces, known, GAP);
    // From here on paths speak of rows.
    let in_row = |end: End| match end {
        End::Box(group, _, side) => End::Box(row_of.at(group), group, side),
        End::Beyond(side) => End::Beyond(side),
    };
    for way in &mut ways {
        way.path = Path { from: in_row(way.path.from), to: in_row(way.path.to), net: way.path.net };
    }
    let paths: Vec<(Path, Option<Label>)> =
        ways.iter().zip(&job.links).map(|(way, link)| (way.path, link.label)).collect();
    let kept = kept.map(|(before, adopted)| adopted.keep(&before.held, &pieces, &columns, GAP));
    let rows = connect(&pieces, &columns, &paths, GAP, &SPACING, kept.as_ref());
    let size = outer(rows.size, job);
    let openings = rows.openings.iter().map(|door| Opening { height: door.height + job.header, ..*door }).collect();
    let rects = rects(job, &strips, &groups, &rows, &row_of, &offsets);
    let held = Held::new(names, strips, offsets, &rows);
    FrameLayout { groups, rects, piece: Piece { size, openings }, ways, rows, held }
}

/// By which sides each link leaves and arrives, and the doors that gives each group.
fn ways(job: &FrameJob, strips: &[Strip]) -> (Vec<Way>, Vec<Vec<Door>>) {
    let reaches = reaches(strips, job.groups.len());
    let mut doors: Vec<Vec<Door>> = vec![Vec::new(); job.groups.len()];
    let away = |spot: Spot| match spot {
        Spot::At(group, _) => Away::Box(reaches.at(group)),
        Spot::Beyond(side) => Away::Beyond(side),
    };
    let ways = job
        .links
        .iter()
        .map(|link| {
            let net = link.net;
            let (exit, entry) = sides(away(link.from), away(link.to), strips.len());
            let mut open = |spot: Spot, is_exit: bool, side: Side| match spot {
                Spot::At(group, leaf) => {
                    let label = link.in_group.filter(|_| !is_exit);
                    let door = Door { net, leaf, is_exit, side, label };
                    push(&mut doors, group, door);
                    (End::Box(group, group, side), Some((group, door)))
                }
                Spot::Beyond(side) => (End::Beyond(side), None),
            };
            let ((from, exit), (to, entry)) = (open(link.from, true, exit), open(link.to, false, entry));
            Way { path: Path { from, to, net }, exit, entry }
        })
        .collect();
    (ways, doors)
}

/// Gives every group its width: grids reflow, columns of groups that stand alone in their rows are aligned.
fn fit(
    job: &FrameJob,
    measured: &Measured,
    strips: &[Strip],
    mut doors: Vec<Vec<Door>>,
    known: Known<'_>,
) -> Vec<Arc<GroupLayout>> {
    let mut groups: Vec<Arc<GroupLayout>> = measured.groups.clone();
    for strip in strips {
        let mut common: BTreeMap<u8, Vec<(u8, i32)>> = BTreeMap::new();
        for row in &strip.rows {
            let is_alone = is_alone(row);
            for (group, width) in row.cells.iter().flat_map(|cell| cell.items.iter().map(|item| (*item, cell.width))) {
                let (Some(job), Some(own)) = (job.groups.get(group), measured.groups.get(group)) else { continue };
                let align = match own.columns.first().filter(|_| is_alone) {
                    Some((first, ..)) => {
                        let columns = || strip_columns(strip, &measured.groups, *first);
                        let common = common.entry(*first).or_insert_with(columns);
                        if differs(&own.columns, common) { common.clone() } else { Vec::new() }
                    }
                    None => Vec::new(),
                };
                let width = if job.shape == Shape::Columns { 0 } else { width };
                let wish = wish(doors.get_mut(group).map(std::mem::take).unwrap_or_default(), width, align);
                let same = own.made_for == wish && width == 0;
                let fitted = if same { Arc::clone(own) } else { compute(job, wish, &|wish| known(group, wish)) };
                groups.put(group, fitted);
            }
        }
    }
    groups
}

/// Whether a row holds one box alone.
fn is_alone(row: &Row) -> bool {
    matches!(&row.cells[..], [cell] if cell.items.len() == 1)
}

fn differs(own: &[(u8, i32, i32)], align: &[(u8, i32)]) -> bool {
    own.iter().any(|(role, x, _)| align.iter().any(|(other, wanted)| other == role && wanted != x))
}

/// The role columns of the groups that stand alone in their rows of a strip.
fn strip_columns(strip: &Strip, groups: &[Arc<GroupLayout>], first: u8) -> Vec<(u8, i32)> {
    let rows = strip.rows.iter().filter(|row| is_alone(row)).filter_map(|row| row.cells.first()?.items.first());
    let begins_there = |group: &&Arc<GroupLayout>| group.columns.first().is_some_and(|column| column.0 == first);
    let singles: Vec<&Arc<GroupLayout>> = rows.filter_map(|group| groups.get(*group)).filter(begins_there).collect();
    common_columns(&singles, strip.width)
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
            let own = group.columns.at(at).1;
            let before = at.checked_sub(1).map(|before| group.columns.at(before));
            let shifted = before
                .and_then(|(role, x, _)| align.iter().find(|entry| entry.0 == role).map(|entry| entry.1 + own - x));
            x = x.max(shifted.unwrap_or(own));
        }
        // Columns that no group has side by side must not overlap either.
        if let Some((last_role, last_x)) = align.last().copied() {
            let columns = groups.iter().flat_map(|group| &group.columns);
            let last_width = columns.filter(|column| column.0 == last_role).map(|column| column.2).max();
            x = x.max(last_x + last_width.unwrap_or(0) + GAP * 2);
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

/// The openings of each group, sorted.
fn openings(ways: &[Way], groups: &[Arc<GroupLayout>]) -> Vec<Vec<Opening>> {
    let mut openings: Vec<Vec<Opening>> = vec![Vec::new(); groups.len()];
    for (group, door) in ways.iter().flat_map(|way| [way.exit, way.entry]).flatten() {
        let Door { net, side, is_exit, .. } = door;
        let height = groups.get(group).map_or(0, |group| group.door_height(door));
        push(&mut openings, group, Opening { net, side, is_exit, item: 0, height });
    }
    for openings in &mut openings {
        openings.sort_unstable();
        openings.dedup();
    }
    openings
}

/// Where each group stands: as wide as its cell, the lowest of a cell down to the end of its row.
fn rects(
    job: &FrameJob,
    strips: &[Strip],
    groups: &[Arc<GroupLayout>],
    rows: &Level,
    row_of: &[usize],
    offsets: &[Point],
) -> Vec<Rect> {
    let mut rects = vec![Rect::default(); groups.len()];
    let size = |group: usize| groups.get(group).map_or(Size::default(), |group| group.size);
    for (cell, is_last) in cells(strips) {
        for (place, group) in cell.items.iter().copied().enumerate() {
            let (row, size, offset) = (rows.boxes.at(row_of.at(group)), size(group), offsets.at(group));
            let width = if is_last { row.width - offset.x } else { size.width.max(cell.width) };
            let mut rect = Rect { x: row.x, y: row.y, width, height: size.height };
            rect = rect.moved(offset).moved(Point { x: PADDING, y: job.header });
            let floor = row.height - offset.y;
            if place + 1 == cell.items.len() && floor <= size.height * 2 {
                rect.height = floor;
            }
            rects.put(group, rect);
        }
    }
    rects
}

impl FrameLayout {
    /// The way of a link inside this frame, from leaf to leaf, or to the frame's edge; with its label.
    pub(crate) fn route(&self, link: usize, header: i32) -> (Vec<Point>, Option<Rect>) {
        let Some(way) = self.ways.get(link) else { return (Vec::new(), None) };
        let mut points = Vec::new();
        let stub = |end: Option<(usize, Door)>| {
            let found = end.and_then(|(group, door)| Some((self.rects.at(group), self.groups.get(group)?.stub(door))));
            // A single point stands for the group's edge, which may have moved outwards.
            let found = found.filter(|(_, stub)| stub.len() > 1);
            found
                .into_iter()
                .flat_map(|(rect, stub)| stub.iter().map(move |point| point.plus(Point { x: rect.x, y: rect.y })))
        };
        points.extend(stub(way.exit));
        let inset = Point { x: PADDING, y: header };
        let (middle, label) = self.rows.route(way.path);
        points.extend(middle.iter().map(|point| point.plus(inset)));
        points.extend(stub(way.entry));
        let in_group = way.entry.and_then(|(group, door)| {
            let Rect { x, y, .. } = self.rects.at(group);
            Some(self.groups.get(group)?.door_label(door)?.moved(Point { x, y }))
        });
        (points, label.map(|label| label.moved(inset)).or(in_group))
    }
}
