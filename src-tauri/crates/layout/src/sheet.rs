//! The sheet: frames packed to the wanted shape, lanes below them, links between frames in the gutters.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHasher};

use crate::columns::Spacing;
use crate::frame::{FrameJob, lay_out_frame};
use crate::geometry::{Point, Rect, Size, straighten};
use crate::group::{Door, GroupLayout, Route};
use crate::hold::{Adopted, Held, Solved};
use crate::input::{Group, Input, Label, LinkEnd, Place};
use crate::level::{Level, Path, Piece, connect};
use crate::output::{Layout, Memory, PlacedFrame, PlacedGroup, Twin};
use crate::pack::{PackItem, Strip, Target, pack_along};
use crate::stack::stack;

/// Between frames.
const GAP: i32 = 20;

const SPACING: Spacing = Spacing { gutter: 40, idle: GAP, margin: 14, track: 12, lane: 10, clearance: 12 };

/// A target that more links reach than leave any of their sources is drawn as one bundle.
const BUSY: usize = 4;

/// Lays the sheet out. With `previous`, what did not change is not computed again and keeps its place.
pub fn layout(input: &Input, previous: Option<&Layout>) -> Layout {
    let sorted = Sorted::new(input);
    let jobs = sorted.jobs(input);
    let twin = |frame: usize| previous.and_then(|previous| previous.memory.get(&input.frames[sorted.frames[frame]].id));
    let solve = |frame: usize, target: Target, known: Option<&Memory>, is_held: bool| -> Arc<Memory> {
        let job = &jobs[frame];
        let lookup = |group: usize, width: i32, align: &[(u8, i32)]| reuse(known, job, group, width, align);
        let before = known.filter(|_| is_held).map(|memory| &*memory.layout);
        let layout = Arc::new(lay_out_frame(job, target, before, &lookup));
        Arc::new(Memory { job: job.clone(), target, layout })
    };
    let natural_of = |frame: usize, target: Target| -> Arc<Memory> {
        match twin(frame) {
            Some(twin) if twin.natural.target == target && twin.natural.job == jobs[frame] => Arc::clone(&twin.natural),
            twin => solve(frame, target, twin.map(|twin| &*twin.natural), false),
        }
    };
    let fitted_of = |frame: usize, target: Target, natural: Option<&Arc<Memory>>| -> Arc<Memory> {
        match twin(frame) {
            Some(twin) if twin.fitted.target == target && twin.fitted.job == jobs[frame] => Arc::clone(&twin.fitted),
            Some(twin) => solve(frame, target, Some(&twin.fitted), twin.fitted.target == target),
            // Groups come out the same in another frame width, but for grids and alignment.
            None => solve(frame, target, natural.map(AsRef::as_ref), false),
        }
    };
    let aspect = Target::Aspect(input.aspect.0.max(1), input.aspect.1.max(1));
    let is_lane = |frame: usize| input.frames[sorted.frames[frame]].place != Place::Upper;
    let upper: Vec<usize> = (0..jobs.len()).filter(|frame| !is_lane(*frame)).collect();
    let lanes: Vec<usize> = (0..jobs.len()).filter(|frame| is_lane(*frame)).collect();
    let names: Vec<String> = upper.iter().map(|frame| input.frames[sorted.frames[*frame]].id.to_string()).collect();
    let items_of = |solved: &[Arc<Memory>]| -> Vec<PackItem> {
        upper.iter().map(|frame| pack_item(&solved[*frame].layout.piece)).collect()
    };
    // A frame that was there is fitted into the width it had; a new one is measured as it would like to be.
    let held_of = |frame: usize| match twin(frame).filter(|_| !is_lane(frame)) {
        Some(twin) => fitted_of(frame, twin.fitted.target, None),
        None => natural_of(frame, aspect),
    };
    let held = previous.and_then(|previous| {
        let solved: Vec<Arc<Memory>> = (0..jobs.len()).into_par_iter().map(held_of).collect();
        let adopted = previous.held.adopt(&names, &items_of(&solved))?;
        Some((previous, adopted, solved))
    });
    let (natural, strips, kept) = match held {
        Some((previous, adopted, solved)) => (solved, adopted.strips.clone(), Some((&previous.held, adopted))),
        None => {
            let natural: Vec<Arc<Memory>> =
                (0..jobs.len()).into_par_iter().map(|frame| natural_of(frame, aspect)).collect();
            let strips = pack_along(&items_of(&natural), &sorted.arrows(&upper), aspect, GAP);
            (natural, strips, None)
        }
    };
    let mut widths = vec![0; jobs.len()];
    for (item, width) in strips.iter().flat_map(Strip::items) {
        widths[upper[item]] = width;
    }
    let refit = |frames: &[usize], widths: &[i32]| -> Vec<(usize, Arc<Memory>)> {
        frames
            .par_iter()
            .map(|frame| (*frame, fitted_of(*frame, Target::Width(widths[*frame]), Some(&natural[*frame]))))
            .collect()
    };
    let mut solved = natural.clone();
    let is_fitted = |frame: usize| kept.is_some() && twin(frame).is_some();
    let unfitted: Vec<usize> = upper.iter().copied().filter(|frame| !is_fitted(*frame)).collect();
    for (frame, memory) in refit(&unfitted, &widths) {
        solved[frame] = memory;
    }
    let mut place = vec![Rect::default(); jobs.len()];
    let kept = kept.as_ref().map(|(held, adopted)| (*held, adopted));
    let (solved_rows, row_of, offsets) = place_rows(&strips, &upper, &solved, &sorted, &widths, kept, &mut place);
    let rows = &solved_rows.level;
    let held = Held { solved: Some(Arc::clone(&solved_rows)), ..Held::new(names, strips, offsets, rows) };

    // Lanes: below, over the whole width, several to a row where they are small.
    let lane_items: Vec<PackItem> = lanes
        .iter()
        .map(|frame| {
            let mut item = pack_item(&natural[*frame].layout.piece);
            if let Some(twin) = twin(*frame).filter(|_| kept.is_some()) {
                item.size.width = twin.place.width;
            }
            item
        })
        .collect();
    let mut wide = rows.size.width;
    if upper.is_empty() {
        wide = lane_items.iter().map(|item| item.size.width).max().unwrap_or(0).max(1200);
    }
    let mut y = if upper.is_empty() { 0 } else { rows.size.height + GAP };
    let is_wide = |lane: usize| {
        let frame = &input.frames[sorted.frames[lanes[lane]]];
        let cells = frame.groups.iter().flat_map(|group| &group.leaves).map(|leaf| leaf.size.width + GAP);
        // In a row of its own only where it fills most of it.
        frame.place == Place::WideLane && cells.sum::<i32>() * 3 / 2 > wide
    };
    for row in lane_rows(&lane_items, wide, &is_wide) {
        for (item, width) in &row {
            widths[lanes[*item]] = *width;
        }
        let members: Vec<usize> = row.iter().map(|(item, _)| lanes[*item]).collect();
        for (frame, memory) in refit(&members, &widths) {
            solved[frame] = memory;
        }
        let height = members.iter().map(|frame| solved[*frame].layout.size.height).max().unwrap_or(0);
        // Lanes keep their height on the sheet too, while there is room for what stands above.
        let stood = |frame: usize| twin(frame).filter(|_| kept.is_some()).map(|twin| twin.place);
        y = members.iter().filter_map(|frame| stood(*frame)).map(|place| place.y).fold(y, i32::max);
        let mut x = 0;
        for frame in members {
            x = stood(frame).map_or(x, |place| place.x.max(x));
            let width = widths[frame].max(solved[frame].layout.size.width);
            place[frame] = Rect { x, y, width, height };
            x += width + GAP;
        }
        y += height + GAP;
    }
    let size = Size {
        width: place.iter().map(Rect::right).max().unwrap_or(0).max(rows.size.width),
        height: place.iter().map(Rect::bottom).max().unwrap_or(0).max(rows.size.height),
    };
    Layout { held, ..finish(input, &sorted, &natural, &solved, &place, (rows, &row_of), size) }
}

/// A group's layout where it was computed for the same content before.
fn reuse(
    known: Option<&Memory>,
    job: &FrameJob,
    group: usize,
    width: i32,
    align: &[(u8, i32)],
) -> Option<Arc<GroupLayout>> {
    let memory = known?;
    let wanted = &job.groups[group];
    let at = memory.job.groups.binary_search_by(|other| other.id.cmp(&wanted.id)).ok()?;
    let same = (Arc::ptr_eq(&memory.job.groups[at], wanted) || memory.job.groups[at] == *wanted)
        && memory.job.doors[at] == job.doors[group];
    let layout = &memory.layout.groups[at];
    (same && layout.was_made_for(width, align)).then(|| Arc::clone(layout))
}

fn pack_item(piece: &Piece) -> PackItem {
    PackItem { size: piece.size, has_entry: piece.has(false), has_exit: piece.has(true) }
}

/// Rows of lanes, each as wide as the sheet.
fn lane_rows(items: &[PackItem], width: i32, is_wide: &impl Fn(usize) -> bool) -> Vec<Vec<(usize, i32)>> {
    let mut rows: Vec<Vec<(usize, i32)>> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        let own = item.size.width;
        let used = |row: &Vec<(usize, i32)>| row.iter().map(|entry| entry.1 + GAP).sum::<i32>();
        let fits = |row: &&mut Vec<(usize, i32)>| {
            used(row) + own <= width && !is_wide(at) && !row.iter().any(|entry| is_wide(entry.0))
        };
        match rows.last_mut().filter(fits) {
            Some(row) => row.push((at, own)),
            None => rows.push(vec![(at, own)]),
        }
    }
    for row in &mut rows {
        let count = i32::try_from(row.len()).unwrap_or(1);
        let used: i32 = row.iter().map(|entry| entry.1).sum::<i32>() + GAP * (count - 1);
        let spare = (width - used).max(0);
        let total = used.max(1);
        let mut left = spare;
        for entry in row.iter_mut() {
            let share = (i64::from(spare) * i64::from(entry.1) / i64::from(total)) as i32;
            entry.1 += share;
            left -= share;
        }
        if let Some(last) = row.last_mut() {
            last.1 += left;
        }
    }
    rows
}

/// Places the rows of frames and routes the links between frames.
fn place_rows(
    strips: &[Strip],
    upper: &[usize],
    solved: &[Arc<Memory>],
    sorted: &Sorted,
    widths: &[i32],
    kept: Option<(&Held, &Adopted)>,
    place: &mut [Rect],
) -> (Arc<Solved>, Vec<usize>, Vec<Point>) {
    let boxes: Vec<Piece> = upper.iter().map(|frame| solved[*frame].layout.piece.clone()).collect();
    let known = kept.map_or(&[][..], |(_, adopted)| &adopted.offsets);
    let stacked = stack(strips, &boxes, known, GAP);
    let mut row_of = vec![usize::MAX; solved.len()];
    for (item, frame) in upper.iter().enumerate() {
        row_of[*frame] = stacked.row_of[item];
    }
    let paths: Vec<(Path, Option<Label>)> = sorted
        .links
        .iter()
        .filter(|link| link.from.0 != link.to.0)
        .filter_map(|link| {
            let (from, to) = (row_of[link.from.0], row_of[link.to.0]);
            let is_upper = from != usize::MAX && to != usize::MAX;
            is_upper.then_some((Path { from: Some(from), to: Some(to), net: link.net }, link.label))
        })
        .collect();
    let same = kept
        .and_then(|(held, _)| held.solved.as_ref())
        .filter(|solved| solved.pieces == stacked.pieces && solved.columns == stacked.columns && solved.paths == paths);
    let solved_rows = match same {
        Some(solved) => Arc::clone(solved),
        None => {
            let pinned = kept.map(|(held, adopted)| adopted.pin(held, &stacked.pieces, &stacked.columns, GAP));
            let level = connect(&stacked.pieces, &stacked.columns, &paths, GAP, &SPACING, pinned.as_ref());
            Arc::new(Solved { pieces: stacked.pieces, columns: stacked.columns, paths, level })
        }
    };
    let rows = &solved_rows.level;
    for (item, frame) in upper.iter().copied().enumerate() {
        let (row, offset) = (rows.boxes[row_of[frame]], stacked.offsets[item]);
        let size = solved[frame].layout.size;
        let width = widths[frame].max(size.width);
        place[frame] = Rect { x: row.x + offset.x, y: row.y + offset.y, width, height: size.height };
    }
    // Boxes that stand on the floor of their row reach down to it.
    for cell in strips.iter().flat_map(|strip| &strip.rows).flat_map(|row| &row.cells) {
        if let Some(frame) = cell.items.last().map(|item| upper[*item]) {
            let floor = rows.boxes[row_of[frame]].bottom() - place[frame].y;
            // A low frame beside a high one would be mostly empty.
            if floor <= place[frame].height * 3 / 2 {
                place[frame].height = floor;
            }
        }
    }
    (solved_rows, row_of, stacked.offsets)
}

/// The input with frames and groups in the order of their ids, and links between them as nets.
struct Sorted {
    /// Positions in the input.
    frames: Vec<usize>,
    groups: Vec<Vec<usize>>,
    links: Vec<SortedLink>,
}

#[derive(Clone, Copy)]
struct SortedLink {
    /// Frame, group (by sorted position) and leaf.
    from: (usize, usize, Option<usize>),
    to: (usize, usize, Option<usize>),
    net: u64,
    label: Option<Label>,
    /// Whether it can be drawn: its ends exist, differ, and both frames may have lines.
    is_drawn: bool,
}

impl Sorted {
    fn new(input: &Input) -> Self {
        let mut frames: Vec<usize> = (0..input.frames.len()).collect();
        frames.sort_by(|a, b| input.frames[*a].id.cmp(&input.frames[*b].id));
        let groups: Vec<Vec<usize>> = frames
            .iter()
            .map(|frame| {
                let groups = &input.frames[*frame].groups;
                let mut order: Vec<usize> = (0..groups.len()).collect();
                order.sort_by(|a, b| groups[*a].id.cmp(&groups[*b].id));
                order
            })
            .collect();
        let mut frame_place = vec![0; frames.len()];
        let mut group_place: Vec<Vec<usize>> = input.frames.iter().map(|frame| vec![0; frame.groups.len()]).collect();
        for (at, frame) in frames.iter().enumerate() {
            frame_place[*frame] = at;
            for (place, group) in groups[at].iter().enumerate() {
                group_place[*frame][*group] = place;
            }
        }
        let exists = |end: &LinkEnd| {
            let group = input.frames.get(end.frame).and_then(|frame| frame.groups.get(end.group));
            group.is_some_and(|group| end.leaf.is_none_or(|leaf| leaf < group.leaves.len()))
        };
        let hash = |end: &LinkEnd, is_target: bool| {
            let frame = &input.frames[end.frame];
            let group = &frame.groups[end.group];
            let mut hasher = FxHasher::default();
            (is_target, &frame.id, &group.id, end.leaf.map(|leaf| &group.leaves[leaf].id)).hash(&mut hasher);
            hasher.finish() | 1 << 63
        };
        let mut leaving: FxHashMap<LinkEnd, usize> = FxHashMap::default();
        let mut arriving: FxHashMap<LinkEnd, usize> = FxHashMap::default();
        for link in &input.links {
            *leaving.entry(link.from).or_default() += 1;
            *arriving.entry(link.to).or_default() += 1;
        }
        let links = input
            .links
            .iter()
            .map(|link| {
                let lines = |end: &LinkEnd| exists(end) && input.frames[end.frame].place == Place::Upper;
                let is_drawn = lines(&link.from)
                    && lines(&link.to)
                    && (link.from.frame, link.from.group) != (link.to.frame, link.to.group);
                if !is_drawn {
                    let none = (0, 0, None);
                    return SortedLink { from: none, to: none, net: 0, label: None, is_drawn };
                }
                let (out, into) = (leaving[&link.from], arriving[&link.to]);
                let is_busy = into >= BUSY && into > out;
                let net = if is_busy { hash(&link.to, true) } else { hash(&link.from, false) };
                let sorted = |end: &LinkEnd| (frame_place[end.frame], group_place[end.frame][end.group], end.leaf);
                SortedLink { from: sorted(&link.from), to: sorted(&link.to), net, label: link.label, is_drawn }
            })
            .collect();
        Self { frames, groups, links }
    }

    /// Links between the frames of a list, by place in it.
    fn arrows(&self, frames: &[usize]) -> Vec<(usize, usize)> {
        let place = |frame: usize| frames.binary_search(&frame).ok();
        let drawn = self.links.iter().filter(|link| link.is_drawn && link.from.0 != link.to.0);
        let mut arrows: Vec<(usize, usize)> =
            drawn.filter_map(|link| Some((place(link.from.0)?, place(link.to.0)?))).collect();
        arrows.sort_unstable();
        arrows.dedup();
        arrows
    }

    fn jobs(&self, input: &Input) -> Vec<FrameJob> {
        let mut jobs: Vec<FrameJob> = self
            .frames
            .iter()
            .zip(&self.groups)
            .map(|(frame, order)| {
                let frame = &input.frames[*frame];
                let groups: Vec<Arc<Group>> = order.iter().map(|group| Arc::clone(&frame.groups[*group])).collect();
                FrameJob {
                    doors: vec![Vec::new(); groups.len()],
                    groups,
                    paths: Vec::new(),
                    header: frame.header,
                    least_width: frame.least_width,
                }
            })
            .collect();
        for link in self.links.iter().filter(|link| link.is_drawn) {
            let SortedLink { from, to, net, label, .. } = *link;
            jobs[from.0].doors[from.1].push(Door { net, leaf: from.2, is_exit: true });
            jobs[to.0].doors[to.1].push(Door { net, leaf: to.2, is_exit: false });
            if from.0 == to.0 {
                jobs[from.0].paths.push((Path { from: Some(from.1), to: Some(to.1), net }, label));
            } else {
                jobs[from.0].paths.push((Path { from: Some(from.1), to: None, net }, None));
                jobs[to.0].paths.push((Path { from: None, to: Some(to.1), net }, None));
            }
        }
        for job in &mut jobs {
            for doors in &mut job.doors {
                doors.sort_unstable();
                doors.dedup();
            }
            job.paths.sort_by_key(|(path, label)| (*path, label.map(|label| (label.text, label.size.width))));
            job.paths.dedup_by_key(|(path, _)| *path);
        }
        jobs
    }
}

fn finish(
    input: &Input,
    sorted: &Sorted,
    natural: &[Arc<Memory>],
    solved: &[Arc<Memory>],
    place: &[Rect],
    (rows, row_of): (&Level, &[usize]),
    size: Size,
) -> Layout {
    let mut frames: Vec<Option<PlacedFrame>> = vec![None; solved.len()];
    let corner = |frame: usize| Point { x: place[frame].x, y: place[frame].y };
    for (at, memory) in solved.iter().enumerate() {
        let mut groups: Vec<Option<PlacedGroup>> = vec![None; memory.layout.groups.len()];
        for (group, place) in sorted.groups[at].iter().enumerate() {
            let rect = memory.layout.rects[group].moved(corner(at));
            groups[*place] = Some(PlacedGroup { rect, layout: Arc::clone(&memory.layout.groups[group]) });
        }
        frames[sorted.frames[at]] =
            Some(PlacedFrame { rect: place[at], groups: groups.into_iter().flatten().collect() });
    }
    let links = sorted.links.par_iter().map(|link| route(link, solved, place, rows, row_of)).collect();
    let twins = natural.iter().zip(solved).zip(place).map(|((natural, fitted), place)| Twin {
        natural: Arc::clone(natural),
        fitted: Arc::clone(fitted),
        place: *place,
    });
    let ids = sorted.frames.iter().map(|frame| Arc::clone(&input.frames[*frame].id));
    let memory = ids.zip(twins).collect();
    let frames = frames.into_iter().flatten().collect();
    Layout { size, frames, links, memory, held: Held::default() }
}

/// A link from leaf to leaf: the stub in its group, the way through its frame, between the frames, and in again.
fn route(link: &SortedLink, solved: &[Arc<Memory>], place: &[Rect], rows: &Level, row_of: &[usize]) -> Route {
    if !link.is_drawn {
        return Route::default();
    }
    let SortedLink { from, to, net, .. } = *link;
    let mut points: Vec<Point> = Vec::new();
    let corner = |frame: usize| Point { x: place[frame].x, y: place[frame].y };
    let group_corner = |end: (usize, usize, Option<usize>)| {
        let rect = solved[end.0].layout.rects[end.1];
        Point { x: rect.x, y: rect.y }.plus(corner(end.0))
    };
    let stub = |end: (usize, usize, Option<usize>), is_exit: bool| {
        let door = Door { net, leaf: end.2, is_exit };
        let origin = group_corner(end);
        let stub = solved[end.0].layout.groups[end.1].stub(door);
        // A single point stands for the group as a whole, whose edge may have moved outwards.
        let inside = if stub.len() > 1 { stub } else { &[] };
        inside.iter().map(move |point| point.plus(origin)).collect::<Vec<_>>()
    };
    points.extend(stub(from, true));
    let label;
    if from.0 == to.0 {
        let (way, found) = solved[from.0].layout.route(Path { from: Some(from.1), to: Some(to.1), net });
        points.extend(way.iter().map(|point| point.plus(corner(from.0))));
        label = found.map(|rect| rect.moved(corner(from.0)));
    } else {
        let (way, _) = solved[from.0].layout.route(Path { from: Some(from.1), to: None, net });
        points.extend(way.iter().map(|point| point.plus(corner(from.0))));
        let (way, found) = rows.route(Path { from: Some(row_of[from.0]), to: Some(row_of[to.0]), net });
        points.extend(way);
        label = found;
        let (way, _) = solved[to.0].layout.route(Path { from: None, to: Some(to.1), net });
        points.extend(way.iter().map(|point| point.plus(corner(to.0))));
    }
    points.extend(stub(to, false));
    straighten(&mut points);
    Route { points, label }
}
