//! The sheet: frames packed to the wanted shape, lanes below them, links between frames in the gutters.

use std::sync::Arc;

use rayon::prelude::*;

use crate::columns::{Side, Spacing};
use crate::ends;
use crate::frame::{FrameJob, FrameLink, Measured, lay_out_frame, measure};
use crate::geometry::{Point, Rect, Size, straighten};
use crate::group::{GroupLayout, Route, Wish, part_of, stay};
use crate::hold::{Adopted, Held, Solved};
use crate::input::{Group, Input, Label, Place, Shape};
use crate::lanes::{self, Lane};
use crate::level::{End, Level, Path, Piece, connect};
use crate::nets::{Labelled, Sorted, SortedLink};
use crate::output::{Layout, Memory, PlacedFrame, PlacedGroup, Twin};
use crate::pack::{Target, pack};
use crate::stack::{Away, Reach, cells, reaches, sides, stack};
use crate::strips::{Gaps, PackItem, Strip};
use crate::trim::trim;

/// Between frames.
const GAP: i32 = 16;

const SPACING: Spacing = Spacing { gutter: 32, idle: GAP, margin: 12, track: 8, lane: 8, clearance: 10 };

/// Lays the sheet out. With `previous`, what did not change is not computed again and keeps its place.
pub fn layout(input: &Input, previous: Option<&Layout>) -> Layout {
    let sorted = Sorted::new(input);
    let twins: Vec<Option<&Twin>> = sorted
        .frames
        .iter()
        .map(|frame| previous.and_then(|previous| previous.memory.get(&input.frames[*frame].id)))
        .collect();
    let measured: Vec<Arc<Measured>> = sorted
        .jobs(input, &|_| (Side::Right, Side::Left))
        .into_par_iter()
        .zip(&twins)
        .map(|(job, twin)| match twin {
            Some(twin) if twin.measured.job == job => Arc::clone(&twin.measured),
            twin => {
                let known = |group: usize, wish: &Wish| reuse(*twin, &job, group, wish, input.is_part, true);
                Arc::new(measure(job.clone(), &known))
            }
        })
        .collect();
    let (upper, lower): (Vec<usize>, Vec<usize>) =
        (0..measured.len()).partition(|frame| input.frames[sorted.frames[*frame]].place == Place::Upper);
    let names: Vec<String> = upper.iter().map(|frame| input.frames[sorted.frames[*frame]].id.to_string()).collect();
    let items: Vec<PackItem> = upper.iter().map(|frame| measured[*frame].whole.clone()).collect();
    // A frame that stays keeps its groups where they are, whatever shape it would be given if it were packed anew.
    let least = |item: usize| {
        let width = items[item].least().width;
        twins[upper[item]].map_or(width, |twin| twin.place.width.min(width))
    };
    let kept = previous
        .and_then(|previous| Some((&previous.held, previous.held.adopt(&names, &items, input.is_part, least)?)));
    let lanes: Vec<Lane> = lower
        .iter()
        .map(|frame| Lane {
            shapes: measured[*frame].whole.shapes.clone(),
            is_chip: measured[*frame].job.groups.is_empty(),
            before: twins[*frame].filter(|_| kept.is_some()).map(|twin| twin.place),
        })
        .collect();
    let mut strips = match &kept {
        Some((_, adopted)) => adopted.strips.clone(),
        None => {
            let arrows = sorted.arrows(&upper);
            let (across, down) = (input.aspect.0.max(1), input.aspect.1.max(1));
            let target = Target::Aspect(across, down, lanes::area(&lanes));
            pack(
                &items,
                &arrows,
                target,
                Gaps { strips: if arrows.is_empty() { GAP } else { 2 * SPACING.gutter }, rows: GAP },
            )
        }
    };
    let (reach, count) = (reach_of(&strips, &upper, measured.len()), strips.len());
    let sides_of = |link: &SortedLink| sides(Away::Box(reach[link.from.0]), Away::Box(reach[link.to.0]), count);
    let jobs = sorted.jobs(input, &sides_of);
    let fit = |frame: usize, width: i32, first: Option<&Memory>| -> Arc<Memory> {
        fitted(&jobs[frame], &measured[frame], width, twins[frame], first, input.is_part)
    };
    let mut solved: Vec<Option<Arc<Memory>>> = vec![None; jobs.len()];
    let mut widths = vec![0; upper.len()];
    // What came out wider than measured widens its strip, and the others of that strip are given the room.
    for round in 0..if kept.is_none() { 2 } else { 1 } {
        if round > 0 {
            let size = |frame: &usize| solved[*frame].as_ref().map_or(Size::default(), |frame| frame.layout.piece.size);
            let sizes: Vec<Size> = upper.iter().map(size).collect();
            strips.iter_mut().for_each(|strip| strip.grow(&sizes, GAP));
        }
        let wanted: Vec<(usize, i32)> = strips.iter().flat_map(Strip::items).collect();
        let changed: Vec<(usize, i32)> = wanted
            .into_iter()
            .filter(|(item, width)| solved[upper[*item]].is_none() || widths[*item] != *width)
            .collect();
        let fitted: Vec<Arc<Memory>> = changed
            .par_iter()
            .map(|(item, width)| fit(upper[*item], *width, solved[upper[*item]].as_deref()))
            .collect();
        for ((item, width), memory) in changed.into_iter().zip(fitted) {
            widths[item] = width;
            solved[upper[item]] = Some(memory);
        }
    }
    let mut place = vec![Rect::default(); jobs.len()];
    let held = kept.as_ref().map(|(held, adopted)| (*held, adopted));
    let (rows, places, offsets) = place_rows(&strips, &upper, &solved, &sorted, &sides_of, held, &mut place);
    let level = &rows.level;
    let held = Held { solved: Some(Arc::clone(&rows)), ..Held::new(names, strips.clone(), offsets, level) };

    let wide = if upper.is_empty() { alone(&lanes, input.aspect) } else { level.size.width };
    let mut y = if upper.is_empty() { 0 } else { level.size.height + GAP };
    for row in lanes::rows(&lanes, wide) {
        let fitted: Vec<Arc<Memory>> = row.par_iter().map(|(lane, _, width)| fit(lower[*lane], *width, None)).collect();
        let height = fitted.iter().map(|memory| memory.layout.piece.size.height).max().unwrap_or(0);
        // Lanes keep their height on the sheet too, while there is room for what stands above.
        y = row.iter().filter_map(|(lane, ..)| lanes[*lane].before).map(|place| place.y).fold(y, i32::max);
        let mut end = i32::MIN;
        for ((lane, x, width), memory) in row.into_iter().zip(fitted) {
            let width = width.max(memory.layout.piece.size.width);
            let x = x.max(end);
            end = x + width + GAP;
            place[lower[lane]] = Rect { x, y, width, height };
            solved[lower[lane]] = Some(memory);
        }
        y += height + GAP;
    }
    let size = Size {
        width: place.iter().map(Rect::right).max().unwrap_or(0).max(level.size.width),
        height: place.iter().map(Rect::bottom).max().unwrap_or(0).max(level.size.height),
    };
    let solved: Vec<Arc<Memory>> = solved.into_iter().flatten().collect();
    let between = Between { rows: level, places: &places, sides_of: &sides_of };
    let mut layout = Layout { held, ..finish(input, &sorted, &measured, &solved, &place, &between, size) };
    if let Some(whole) = previous.filter(|_| input.is_part) {
        trim(&mut layout, input, whole);
    }
    layout
}

/// A group's layout where it was computed for the same content before, or as a part of what it was. `measuring` says that
/// all links leave to the right and arrive from the left, as they do before anything has a place.
fn reuse(
    twin: Option<&Twin>,
    job: &FrameJob,
    group: usize,
    wish: &Wish,
    is_part: bool,
    measuring: bool,
) -> Option<Arc<GroupLayout>> {
    let wanted = &job.groups[group];
    let Twin { measured, fitted, .. } = twin?;
    let known = |job: &'_ FrameJob, groups: &[Arc<GroupLayout>]| -> Option<(Arc<Group>, Arc<GroupLayout>)> {
        let at = job.groups.binary_search_by(|other| other.id.cmp(&wanted.id)).ok()?;
        Some((Arc::clone(job.groups.get(at)?), Arc::clone(groups.get(at)?)))
    };
    let fitted = known(&fitted.job, &fitted.layout.groups);
    let measured = known(&measured.job, &measured.groups);
    let same = |known: &Option<(Arc<Group>, Arc<GroupLayout>)>| {
        let (group, layout) = known.as_ref()?;
        (*group == *wanted && layout.made_for == *wish).then(|| Arc::clone(layout))
    };
    let part = |known: &Option<(Arc<Group>, Arc<GroupLayout>)>| {
        let (group, layout) = known.as_ref().filter(|_| is_part)?;
        part_of(wanted, group, layout, wish).map(Arc::new)
    };
    let stays = || {
        let (group, layout) = fitted.as_ref().filter(|_| is_part)?;
        let is_alike = group.shape == wanted.shape && wanted.shape == Shape::Columns;
        is_alike.then(|| Arc::new(stay(wanted, group, layout, wish.clone())))
    };
    same(&fitted)
        .or_else(|| part(&fitted))
        .or_else(|| same(&measured))
        .or_else(|| if measuring { part(&measured) } else { None })
        .or_else(stays)
}

/// A frame laid out in this width; where nothing changed, as it was. `first` is the same in another width. A frame that is
/// given more room than it had keeps its groups where they are.
fn fitted(
    job: &FrameJob,
    measured: &Measured,
    width: i32,
    twin: Option<&Twin>,
    first: Option<&Memory>,
    is_part: bool,
) -> Arc<Memory> {
    let before = twin.map(|twin| &twin.fitted).filter(|memory| memory.width <= width);
    if let Some(memory) = before.filter(|memory| memory.width == width && memory.job == *job) {
        return Arc::clone(memory);
    }
    let known = |group: usize, wish: &Wish| {
        let made = first.map(|memory| &memory.layout.groups[group]).filter(|layout| layout.made_for == *wish);
        made.cloned().or_else(|| reuse(twin, job, group, wish, is_part, false))
    };
    let layout = lay_out_frame(job, measured, width, before.map(|memory| &*memory.layout), is_part, &known);
    Arc::new(Memory { job: job.clone(), width, layout: Arc::new(layout) })
}

/// The width of a sheet that holds nothing but lanes.
fn alone(lanes: &[Lane], aspect: (u32, u32)) -> i32 {
    let area = lanes::area(lanes) * i64::from(aspect.0) / i64::from(aspect.1.max(1));
    i32::try_from(area.max(0).isqrt()).unwrap_or(i32::MAX).max(1200)
}

/// The reach of each frame; frames in no strip are never asked for theirs.
fn reach_of(strips: &[Strip], upper: &[usize], count: usize) -> Vec<Reach> {
    let mut reach = vec![Reach::default(); count];
    for (frame, own) in upper.iter().zip(reaches(strips, upper.len())) {
        reach[*frame] = own;
    }
    reach
}

/// Places the rows of frames and routes the links between frames.
fn place_rows(
    strips: &[Strip],
    upper: &[usize],
    solved: &[Option<Arc<Memory>>],
    sorted: &Sorted,
    sides_of: &impl Fn(&SortedLink) -> (Side, Side),
    kept: Option<(&Held, &Adopted)>,
    place: &mut [Rect],
) -> (Arc<Solved>, Places, Vec<Point>) {
    let boxes: Vec<Piece> = upper
        .iter()
        .map(|frame| solved[*frame].as_ref().map(|memory| memory.layout.piece.clone()).unwrap_or_default())
        .collect();
    let known = kept.map_or(&[][..], |(_, adopted)| &adopted.offsets);
    let stacked = stack(strips, &boxes, known, GAP);
    let none = vec![usize::MAX; solved.len()];
    let mut places = Places { row_of: none.clone(), item_of: none };
    for (item, frame) in upper.iter().enumerate() {
        places.row_of[*frame] = stacked.row_of[item];
        places.item_of[*frame] = item;
    }
    let paths: Vec<(Path, Option<Label>)> = sorted
        .links
        .iter()
        .filter(|link| link.is_drawn && link.from.0 != link.to.0)
        .map(|link| (path(link, &places, sides_of(link)), link.label_at(Labelled::Outside)))
        .collect();
    let same = kept
        .and_then(|(held, _)| held.solved.as_ref())
        .filter(|solved| solved.pieces == stacked.pieces && solved.columns == stacked.columns && solved.paths == paths);
    let solved_rows = match same {
        Some(solved) => Arc::clone(solved),
        None => {
            let kept = kept.map(|(held, adopted)| adopted.keep(held, &stacked.pieces, &stacked.columns, GAP));
            let level = connect(&stacked.pieces, &stacked.columns, &paths, GAP, &SPACING, kept.as_ref());
            Arc::new(Solved { pieces: stacked.pieces, columns: stacked.columns, paths, level })
        }
    };
    for (cell, is_last) in cells(strips) {
        for (at, item) in cell.items.iter().copied().enumerate() {
            let frame = upper[item];
            let (row, offset, size) =
                (solved_rows.level.boxes[places.row_of[frame]], stacked.offsets[item], boxes[item].size);
            let width = if is_last { row.width - offset.x } else { size.width.max(cell.width) };
            let floor = row.height - offset.y;
            // A low frame beside a high one would be mostly empty.
            let reaches_down = at + 1 == cell.items.len() && floor <= size.height * 3 / 2;
            let height = if reaches_down { floor } else { size.height };
            place[frame] = Rect { x: row.x + offset.x, y: row.y + offset.y, width, height };
        }
    }
    (solved_rows, places, stacked.offsets)
}

/// The row of each frame, and its number among the packed ones.
struct Places {
    row_of: Vec<usize>,
    item_of: Vec<usize>,
}

fn path(link: &SortedLink, places: &Places, (exit, entry): (Side, Side)) -> Path {
    let end = |frame: usize, side: Side| End::Box(places.row_of[frame], places.item_of[frame], side);
    Path { from: end(link.from.0, exit), to: end(link.to.0, entry), net: link.net }
}

/// What lies between the frames.
struct Between<'a, F> {
    rows: &'a Level,
    places: &'a Places,
    sides_of: &'a F,
}

fn finish<F: Fn(&SortedLink) -> (Side, Side) + Sync>(
    input: &Input,
    sorted: &Sorted,
    measured: &[Arc<Measured>],
    solved: &[Arc<Memory>],
    place: &[Rect],
    between: &Between<'_, F>,
    size: Size,
) -> Layout {
    let mut frames: Vec<Option<PlacedFrame>> = vec![None; solved.len()];
    for (at, memory) in solved.iter().enumerate() {
        let mut groups: Vec<Option<PlacedGroup>> = vec![None; memory.layout.groups.len()];
        for (group, position) in sorted.groups[at].iter().enumerate() {
            let rect = memory.layout.rects[group].moved(corner(place, at));
            groups[*position] = Some(PlacedGroup { rect, layout: Arc::clone(&memory.layout.groups[group]) });
        }
        frames[sorted.frames[at]] =
            Some(PlacedFrame { rect: place[at], groups: groups.into_iter().flatten().collect() });
    }
    let mut links: Vec<Route> = sorted.links.par_iter().map(|link| route(link, solved, place, between)).collect();
    ends::spread(&sorted.links, &mut links, solved, place);
    let twins = measured.iter().zip(solved).zip(place).map(|((measured, fitted), place)| Twin {
        measured: Arc::clone(measured),
        fitted: Arc::clone(fitted),
        place: *place,
    });
    let ids = sorted.frames.iter().map(|frame| Arc::clone(&input.frames[*frame].id));
    let memory = ids.zip(twins).collect();
    let frames = frames.into_iter().flatten().collect();
    Layout { size, frames, links, memory, held: Held::default() }
}

fn corner(place: &[Rect], frame: usize) -> Point {
    Point { x: place[frame].x, y: place[frame].y }
}

/// A link from leaf to leaf: through its frame, between the frames, and in again.
fn route<F: Fn(&SortedLink) -> (Side, Side)>(
    link: &SortedLink,
    solved: &[Arc<Memory>],
    place: &[Rect],
    between: &Between<'_, F>,
) -> Route {
    if !link.is_drawn {
        return Route::default();
    }
    let sides = (between.sides_of)(link);
    let (leaving, arriving) = link.in_frames(sides);
    let within = |frame: usize, seen: &FrameLink| {
        let memory = &solved[frame];
        let (points, label) = match memory.job.links.binary_search(seen) {
            Ok(at) => memory.layout.route(at, memory.job.header),
            Err(_) => (Vec::new(), None),
        };
        let by = corner(place, frame);
        (points.into_iter().map(move |point| point.plus(by)), label.map(|label| label.moved(by)))
    };
    let mut points: Vec<Point> = Vec::new();
    let (way, mut label) = within(link.from.0, &leaving);
    points.extend(way);
    if let Some(arriving) = arriving {
        let (way, found) = between.rows.route(path(link, between.places, sides));
        points.extend(way);
        let (way, inside) = within(link.to.0, &arriving);
        points.extend(way);
        label = found.or(inside);
    }
    straighten(&mut points);
    Route { points, label }
}
