//! A part of a picture without the room of what is not shown: frames and groups that lost something close around what is
//! left. What is left stays where it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::frame::PADDING as FRAME_PADDING;
use crate::geometry::{Point, Rect};
use crate::group::{GroupLayout, PADDING, Route};
use crate::input::{Frame, Group, Input};
use crate::output::{Layout, PlacedFrame, PlacedGroup, Twin};

/// A group keeps so many times its least width where it had it: seen from further away its title takes more of the room.
const FOR_TITLE: i32 = 2;

/// Takes the room of what is gone since `whole` from the frames of a part of it.
pub(crate) fn trim(part: &mut Layout, input: &Input, whole: &Layout) {
    let mut inside: Vec<Vec<Point>> = vec![Vec::new(); input.frames.len()];
    for (link, route) in input.links.iter().zip(&part.links).filter(|(link, _)| link.from.frame == link.to.frame) {
        if let Some(points) = inside.get_mut(link.from.frame) {
            points.extend(&route.points);
            points.extend(route.label.into_iter().flat_map(corners));
        }
    }
    for ((frame, placed), points) in input.frames.iter().zip(&mut part.frames).zip(&inside) {
        if let Some(twin) = whole.memory.get(&frame.id) {
            trim_frame(frame, placed, points, twin);
        }
    }
}

fn trim_frame(frame: &Frame, placed: &mut PlacedFrame, points: &[Point], twin: &Twin) {
    let before = &twin.fitted.job.groups;
    let mut is_less = before.iter().any(|old| frame.groups.iter().all(|group| group.id != old.id));
    for (group, placed) in frame.groups.iter().zip(&mut placed.groups) {
        let old = before.binary_search_by(|old| old.id.cmp(&group.id)).ok().and_then(|at| before.get(at));
        if old.is_some_and(|old| has_less(group, old)) {
            is_less = true;
            trim_group(group, placed);
        }
    }
    let corners = placed.groups.iter().flat_map(|group| corners(group.rect)).chain(points.iter().copied());
    if let (true, Some(content)) = (is_less, around(corners)) {
        let room = Room { padding: FRAME_PADDING, header: frame.header, least_width: frame.least_width };
        placed.rect = room.closed(placed.rect, content);
    }
}

/// Whether a group lacks a leaf that it had.
fn has_less(group: &Group, old: &Group) -> bool {
    let now: BTreeSet<&str> = group.leaves.iter().map(|leaf| &*leaf.id).collect();
    old.leaves.iter().any(|leaf| !now.contains(&*leaf.id))
}

fn trim_group(group: &Group, placed: &mut PlacedGroup) {
    let PlacedGroup { rect, layout } = placed;
    let routes = layout.routes.iter().flat_map(|route| {
        let label = route.label.into_iter().flat_map(corners);
        route.points.iter().copied().chain(label)
    });
    let Some(content) = around(layout.leaves.iter().copied().flat_map(corners).chain(routes)) else { return };
    let padding = if group.header > 0 { PADDING } else { 0 };
    let room = Room { padding, header: group.header, least_width: group.least_width * FOR_TITLE };
    let closed = room.closed(*rect, content.moved(Point { x: rect.x, y: rect.y }));
    let by = Point { x: rect.x - closed.x, y: rect.y - closed.y };
    *rect = closed;
    if by != Point::default() {
        let moved = |route: &Route| Route {
            points: route.points.iter().map(|point| point.plus(by)).collect(),
            label: route.label.map(|label| label.moved(by)),
        };
        *layout = Arc::new(GroupLayout {
            size: layout.size,
            leaves: layout.leaves.iter().map(|leaf| leaf.moved(by)).collect(),
            routes: layout.routes.iter().map(moved).collect(),
            ..GroupLayout::default()
        });
    }
}

/// What a container needs around its content.
struct Room {
    padding: i32,
    header: i32,
    least_width: i32,
}

impl Room {
    /// The part of a container that its content needs.
    fn closed(&self, whole: Rect, content: Rect) -> Rect {
        let least = self.least_width.min(whole.width);
        let left = (content.x - self.padding).max(whole.x);
        let right = (content.right() + self.padding).max(left + least).min(whole.right());
        let left = left.min(right - least);
        let top = (content.y - self.header).max(whole.y);
        let bottom = (content.bottom() + self.padding).min(whole.bottom());
        Rect { x: left, y: top, width: right - left, height: bottom - top }
    }
}

fn corners(rect: Rect) -> [Point; 2] {
    [Point { x: rect.x, y: rect.y }, Point { x: rect.right(), y: rect.bottom() }]
}

/// The rectangle around these points.
fn around(points: impl Iterator<Item = Point>) -> Option<Rect> {
    let (low, high) = points.fold(None, |bounds: Option<(Point, Point)>, Point { x, y }| {
        let (low, high) = bounds.unwrap_or((Point { x, y }, Point { x, y }));
        Some((Point { x: low.x.min(x), y: low.y.min(y) }, Point { x: high.x.max(x), y: high.y.max(y) }))
    })?;
    Some(Rect { x: low.x, y: low.y, width: high.x - low.x, height: high.y - low.y })
}
