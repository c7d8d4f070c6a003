//! Laws of the layout, over random sheets.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::sync::Arc;

use layout::{
    Edge, Frame, Group, Input, Label, Layout, Leaf, Link, LinkEnd, Place, PlacedGroup, Point, Rect, Shape, Size, layout,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Sketch {
    frames: Vec<Vec<GroupSketch>>,
    links: Vec<(u32, u32, bool)>,
}

#[derive(Clone, Debug)]
struct GroupSketch {
    leaves: Vec<(u8, bool, bool, bool)>,
    edges: Vec<(u32, u32)>,
    is_grid: bool,
}

fn sketches() -> impl Strategy<Value = Sketch> {
    let leaf = (0_u8..6, any::<bool>(), prop::bool::weighted(0.2), prop::bool::weighted(0.1));
    let group = (
        prop::collection::vec(leaf, 1..9),
        prop::collection::vec((any::<u32>(), any::<u32>()), 0..10),
        prop::bool::weighted(0.2),
    )
        .prop_map(|(leaves, edges, is_grid)| GroupSketch { leaves, edges, is_grid });
    let frames = prop::collection::vec(prop::collection::vec(group, 1..7), 1..6);
    let links = prop::collection::vec((any::<u32>(), any::<u32>(), any::<bool>()), 0..16);
    (frames, links).prop_map(|(frames, links)| Sketch { frames, links })
}

fn pick(number: u32, count: usize) -> usize {
    usize::try_from(number).unwrap() % count
}

fn group(id: String, sketch: &GroupSketch) -> Group {
    let count = sketch.leaves.len();
    let leaves = sketch
        .leaves
        .iter()
        .enumerate()
        .map(|(at, (column, is_tall, hangs, is_free))| Leaf {
            id: format!("leaf-{at:02}").into(),
            size: Size { width: 196, height: if *is_tall { 76 } else { 46 } },
            column: (!is_free).then_some(*column),
            under: (*hangs && at > 0).then(|| at - 1),
            port: 23,
        })
        .collect();
    let label = |at: usize| Label { size: Size { width: 30, height: 12 }, text: u64::try_from(at % 3).unwrap() };
    let edges = sketch
        .edges
        .iter()
        .enumerate()
        .map(|(at, (from, to))| Edge {
            from: pick(*from, count),
            to: pick(*to, count),
            weight: u8::from(at % 2 == 0),
            label: (at % 3 == 0).then(|| label(at)),
        })
        .collect();
    let shape = if sketch.is_grid { Shape::Grid { stretch: false } } else { Shape::Columns };
    Group { id: id.into(), leaves, edges, shape, header: 28, least_width: 120 }
}

fn input(sketch: &Sketch) -> Input {
    let frames: Vec<Frame> = sketch
        .frames
        .iter()
        .enumerate()
        .map(|(at, groups)| Frame {
            id: format!("frame-{at}").into(),
            groups: groups
                .iter()
                .enumerate()
                .map(|(at, sketch)| Arc::new(group(format!("group-{at}"), sketch)))
                .collect(),
            place: [Place::Upper, Place::Lane, Place::Upper, Place::Upper, Place::Lane][at],
            header: 42,
            least_width: 200,
        })
        .collect();
    let end = |number: u32| {
        let frame = pick(number, frames.len());
        let group = pick(number / 7, frames[frame].groups.len());
        LinkEnd { frame, group, leaf: Some(pick(number / 49, frames[frame].groups[group].leaves.len())) }
    };
    let links = sketch
        .links
        .iter()
        .map(|(from, to, whole)| Link {
            from: LinkEnd { leaf: end(*from).leaf.filter(|_| !whole), ..end(*from) },
            to: LinkEnd { leaf: end(*to).leaf.filter(|_| !whole), ..end(*to) },
            label: Some(Label { size: Size { width: 40, height: 12 }, text: u64::from(from % 4) }),
        })
        .collect();
    Input { frames, links, aspect: (16, 10), is_part: false }
}

fn leaves(result: &Layout) -> Vec<Vec<Vec<Rect>>> {
    let absolute = |group: &layout::PlacedGroup| {
        let by = Point { x: group.rect.x, y: group.rect.y };
        group.layout.leaves.iter().map(|leaf| leaf.moved(by)).collect::<Vec<_>>()
    };
    result.frames.iter().map(|frame| frame.groups.iter().map(absolute).collect()).collect()
}

/// Absolute routes: those inside groups with the frame and group they belong to, then those between groups.
fn routes(result: &Layout) -> Vec<Vec<Point>> {
    let mut routes = Vec::new();
    for group in result.frames.iter().flat_map(|frame| &frame.groups) {
        for route in &group.layout.routes {
            let by = |point: &Point| Point { x: point.x + group.rect.x, y: point.y + group.rect.y };
            routes.push(route.points.iter().map(by).collect());
        }
    }
    routes.extend(result.links.iter().map(|link| link.points.clone()));
    routes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_and_nothing_leaves_its_container(sketch in sketches()) {
        let result = layout(&input(&sketch), None);
        let sheet = Rect { x: 0, y: 0, width: result.size.width, height: result.size.height };
        for (at, frame) in result.frames.iter().enumerate() {
            prop_assert!(sheet.contains(&frame.rect));
            for other in &result.frames[at + 1..] {
                prop_assert!(!frame.rect.overlaps(&other.rect), "{:?} {:?}", frame.rect, other.rect);
            }
            for (place, group) in frame.groups.iter().enumerate() {
                prop_assert!(frame.rect.contains(&group.rect), "{:?} {:?}", frame.rect, group.rect);
                for other in &frame.groups[place + 1..] {
                    prop_assert!(!group.rect.overlaps(&other.rect));
                }
            }
        }
        for (frame, groups) in result.frames.iter().zip(leaves(&result)) {
            for (group, leaves) in frame.groups.iter().zip(groups) {
                for (at, leaf) in leaves.iter().enumerate() {
                    prop_assert!(group.rect.contains(leaf), "{:?} {:?}", group.rect, leaf);
                    prop_assert!(leaves[at + 1..].iter().all(|other| !leaf.overlaps(other)));
                }
            }
        }
    }

    #[test]
    fn routes_are_upright_or_level_and_cross_no_leaf(sketch in sketches()) {
        check(&layout(&input(&sketch), None))?;
    }

    #[test]
    fn links_reach_their_ends(sketch in sketches()) {
        let input = input(&sketch);
        let result = layout(&input, None);
        let leaves = leaves(&result);
        for (link, route) in input.links.iter().zip(&result.links) {
            let (Some(first), Some(last)) = (route.points.first(), route.points.last()) else { continue };
            for (end, point) in [(link.from, first), (link.to, last)] {
                let group = &result.frames[end.frame].groups[end.group].rect;
                // On the leaf, by whichever side it comes; on the edge of its group only where it means the whole group,
                // or a cell of a grid with neighbours.
                let leaf = end.leaf.map(|leaf| leaves[end.frame][end.group][leaf]);
                let on_leaf = leaf.is_some_and(|leaf| {
                    [leaf.x, leaf.right()].contains(&point.x) && leaf.y <= point.y && point.y <= leaf.bottom()
                });
                let is_grid = input.frames[end.frame].groups[end.group].shape != Shape::Columns;
                let on_edge = (point.x == group.x || point.x == group.right())
                    && group.y <= point.y
                    && point.y <= group.bottom();
                prop_assert!(on_leaf || (on_edge && (leaf.is_none() || is_grid)), "{:?} ends at {:?}, leaf {:?}", link, point, leaf);
            }
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(sketch in sketches(), turn in 1_usize..5) {
        let straight = input(&sketch);
        let mut turned = straight.clone();
        let frames = turned.frames.len();
        turned.frames.rotate_left(turn % frames);
        let mut counts = Vec::new();
        for frame in &mut turned.frames {
            let groups = frame.groups.len();
            counts.push(groups);
            frame.groups.rotate_left(turn % groups);
        }
        for link in &mut turned.links {
            for end in [&mut link.from, &mut link.to] {
                end.frame = (end.frame + frames - turn % frames) % frames;
                let groups = counts[end.frame];
                end.group = (end.group + groups - turn % groups) % groups;
            }
        }
        turned.links.reverse();
        let (a, b) = (layout(&straight, None), layout(&turned, None));
        let mut rotated = leaves(&b);
        for groups in &mut rotated {
            let count = groups.len();
            groups.rotate_right(turn % count);
        }
        rotated.rotate_right(turn % frames);
        prop_assert_eq!(leaves(&a), rotated);
        let mut links: Vec<_> = b.links.iter().map(|link| &link.points).collect();
        links.reverse();
        prop_assert_eq!(a.links.iter().map(|link| &link.points).collect::<Vec<_>>(), links);
    }
}

/// Groups by their ids with their places.
fn places(input: &Input, result: &Layout) -> Vec<((String, String), Rect)> {
    let mut places = Vec::new();
    for (frame, placed) in input.frames.iter().zip(&result.frames) {
        for (group, rect) in frame.groups.iter().zip(&placed.groups) {
            places.push(((frame.id.to_string(), group.id.to_string()), rect.rect));
        }
    }
    places
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_did_not_change_does_not_move(sketch in sketches(), which in any::<u32>(), leaf in any::<u32>()) {
        let before = input(&sketch);
        let first = layout(&before, None);
        let again = layout(&before, Some(&first));
        prop_assert_eq!(places(&before, &first), places(&before, &again));
        prop_assert_eq!(&first.links, &again.links);

        // One leaf of one group becomes smaller. That may still make the group larger, since other rows may then line
        // up. Without links nothing stirs where the group fits into the place it had, and else nothing moves but down
        // or to the right; a link that takes another way may need room.
        let mut before = before;
        before.links.clear();
        let first = layout(&before, None);
        let mut after = before.clone();
        let frame = pick(which, after.frames.len());
        let at = pick(which / 7, after.frames[frame].groups.len());
        let mut group = Group::clone(&after.frames[frame].groups[at]);
        let leaf = pick(leaf, group.leaves.len());
        group.leaves[leaf].size.height = 40;
        after.frames[frame].groups[at] = Arc::new(group);
        let second = layout(&after, Some(&first));
        let had = first.frames[frame].groups[at].rect;
        let needs = second.frames[frame].groups[at].layout.size;
        let fits = needs.width <= had.width && needs.height <= had.height;
        for ((id, old), (_, new)) in places(&before, &first).into_iter().zip(places(&after, &second)) {
            if fits {
                prop_assert_eq!((old.x, old.y), (new.x, new.y), "{:?} moved", id);
            } else {
                prop_assert!(old.x <= new.x && old.y <= new.y, "{:?} moved back", id);
            }
        }
        check(&second)?;
    }

    #[test]
    fn what_comes_and_goes_moves_nothing_else_apart(sketch in sketches(), which in any::<u32>()) {
        let before = input(&sketch);
        let first = layout(&before, None);
        let mut after = before.clone();
        after.links.clear();
        let frame = pick(which, after.frames.len());
        let mut group = Group::clone(&after.frames[frame].groups[0]);
        group.id = "new".into();
        after.frames[frame].groups.push(Arc::new(group));
        check(&layout(&after, Some(&first)))?;
        after.frames[frame].groups.remove(0);
        check(&layout(&after, Some(&first)))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A filter moved everything that it left: what one looked at was somewhere else afterwards.
    #[test]
    fn a_part_stands_where_it_stood_in_the_whole(sketch in sketches(), which in any::<u64>()) {
        let whole = input(&sketch);
        let first = layout(&whole, None);
        let mut part = Input { is_part: true, ..whole.clone() };
        let mut now_at: Vec<Vec<Vec<usize>>> = Vec::new();
        let mut kept: Vec<(Rect, (usize, usize, usize))> = Vec::new();
        let mut bits = (0..64).cycle().map(|at| which >> at & 1 == 1);
        let places = leaves(&first);
        for (at, frame) in part.frames.iter_mut().enumerate() {
            now_at.push(Vec::new());
            for (place, group) in frame.groups.iter_mut().enumerate() {
                let mut some = Group::clone(group);
                some.edges.clear();
                let old: Vec<usize> = (0..some.leaves.len()).filter(|_| bits.next().unwrap_or(true)).collect();
                some.leaves = old.iter().map(|leaf| Leaf { under: None, ..group.leaves[*leaf].clone() }).collect();
                kept.extend(old.iter().enumerate().map(|(now, leaf)| (places[at][place][*leaf], (at, place, now))));
                *group = Arc::new(some);
                now_at[at].push(old);
            }
        }
        let links = std::mem::take(&mut part.links);
        let second = layout(&part, Some(&first));
        check(&second)?;
        for (rect, (frame, group, leaf)) in kept {
            prop_assert_eq!(rect, leaves(&second)[frame][group][leaf]);
        }
        closes_around_what_is_left(&whole, &part, &second)?;
        let back = layout(&whole, Some(&first));
        prop_assert_eq!(leaves(&back), places);
        // Links stay where their ends do; what is then one line, since fewer are left, may have been several.
        part.links = links;
        part.links.retain_mut(|link| {
            [&mut link.from, &mut link.to].into_iter().all(|end| {
                let kept = &now_at[end.frame][end.group];
                let leaf = end.leaf.map(|leaf| kept.iter().position(|old| *old == leaf));
                end.leaf = leaf.flatten();
                leaf != Some(None)
            })
        });
        check(&layout(&part, Some(&first)))?;
    }
}

/// Frames that lost a leaf were as large as before, and mostly empty.
fn closes_around_what_is_left(whole: &Input, part: &Input, result: &Layout) -> Result<(), TestCaseError> {
    for (at, frame) in part.frames.iter().enumerate() {
        let placed = &result.frames[at];
        let mut is_less = false;
        for (place, group) in frame.groups.iter().enumerate() {
            let PlacedGroup { rect, layout } = &placed.groups[place];
            let lost = group.leaves.len() < whole.frames[at].groups[place].leaves.len();
            is_less |= lost;
            let right = layout.leaves.iter().map(|leaf| leaf.x + leaf.width).max();
            let bottom = layout.leaves.iter().map(|leaf| leaf.y + leaf.height).max();
            if let (true, Some(right), Some(bottom)) = (lost, right, bottom) {
                prop_assert!(rect.width <= (right + 12).max(2 * group.least_width), "{rect:?} {layout:?}");
                prop_assert!(rect.height <= bottom + 12, "{rect:?} {layout:?}");
            }
        }
        if is_less {
            let groups = || placed.groups.iter().map(|group| group.rect);
            let (left, right) = (groups().map(|rect| rect.x).min(), groups().map(|rect| rect.right()).max());
            let width = right.unwrap_or(0) - left.unwrap_or(0) + 28;
            prop_assert!(placed.rect.width <= width.max(frame.least_width), "{:?}", placed.rect);
        }
    }
    Ok(())
}

/// No overlap, nothing outside its container, no slanted piece of a route, none through a leaf.
fn check(result: &Layout) -> Result<(), TestCaseError> {
    for (at, frame) in result.frames.iter().enumerate() {
        for other in &result.frames[at + 1..] {
            prop_assert!(!frame.rect.overlaps(&other.rect), "{:?} {:?}", frame.rect, other.rect);
        }
        for (place, group) in frame.groups.iter().enumerate() {
            prop_assert!(frame.rect.contains(&group.rect), "{:?} {:?}", frame.rect, group.rect);
            for other in &frame.groups[place + 1..] {
                prop_assert!(!group.rect.overlaps(&other.rect), "{:?} {:?}", group.rect, other.rect);
            }
        }
    }
    let all: Vec<Rect> = leaves(result).into_iter().flatten().flatten().collect();
    for route in routes(result) {
        for pair in route.windows(2) {
            prop_assert!(pair[0].x == pair[1].x || pair[0].y == pair[1].y, "not orthogonal: {route:?}");
            for leaf in &all {
                prop_assert!(!leaf.is_crossed_by(pair[0], pair[1]), "{leaf:?} crossed by {route:?}");
            }
        }
    }
    Ok(())
}

/// A line to a whole application and one to a card in it shared their way outside, and met its frame with a slanted piece.
#[test]
fn a_link_to_a_group_and_one_to_its_leaf_meet_at_one_height() {
    let leaf = (0, false, false, false);
    let alone = || vec![GroupSketch { leaves: vec![leaf], edges: Vec::new(), is_grid: false }];
    let links = vec![
        (3_365_472_998, 1_451_228_592, false),
        (1_491_513_380, 2_551_987_479, false),
        (133_557_155, 299_254_713, false),
        (129_646_553, 2_541_159, true),
        (1_506_499_685, 1_587_151_743, false),
        (639_982_574, 997_833_774, false),
    ];
    let sketch = Sketch { frames: vec![alone(), alone(), [alone(), alone()].concat()], links };
    check(&layout(&input(&sketch), None)).unwrap();
}

/// So many applications of one frame that each call the first one.
fn callers(count: u32) -> Input {
    let leaf = (0, false, false, false);
    let alone = GroupSketch { leaves: vec![leaf], edges: Vec::new(), is_grid: false };
    let groups = vec![alone; usize::try_from(count).unwrap() + 1];
    let end = |group: u32| LinkEnd { frame: 0, group: usize::try_from(group).unwrap(), leaf: Some(0) };
    let links = (1..=count).map(|from| Link { from: end(from), to: end(0), label: None }).collect();
    Input { links, ..input(&Sketch { frames: vec![groups], links: Vec::new() }) }
}

/// The lines of three callers ran on one track, or ended in one, and read as one line.
#[test]
fn two_senders_share_no_piece_of_their_ways() {
    for count in 2..8 {
        let input = callers(count);
        assert!(layout::bundles(&input).iter().all(Option::is_none));
        let result = layout(&input, None);
        // Whether a piece is upright, where it runs, and from where to where.
        let pieces = |link: usize| {
            let piece = |pair: &[Point]| match pair[0].x == pair[1].x {
                true => (true, pair[0].x, pair[0].y.min(pair[1].y), pair[0].y.max(pair[1].y)),
                false => (false, pair[0].y, pair[0].x.min(pair[1].x), pair[0].x.max(pair[1].x)),
            };
            result.links[link].points.windows(2).map(piece).collect::<Vec<_>>()
        };
        for (one, other) in (0..result.links.len()).flat_map(|one| (0..one).map(move |other| (one, other))) {
            for (a, b) in pieces(one).into_iter().flat_map(|a| pieces(other).into_iter().map(move |b| (a, b))) {
                // More than four may end in one: the side of a card has no room for them.
                let may_end_in_one = count > 4 && !a.0;
                let are_apart = (a.0, a.1) != (b.0, b.1) || a.2 >= b.3 || b.2 >= a.3;
                assert!(are_apart || may_end_in_one, "{count}: {a:?} and {b:?}");
            }
        }
    }
}

/// Boxes of the labels with their texts, of edges and of links.
fn labels(input: &Input, result: &Layout) -> Vec<(Rect, u64)> {
    let mut labels = Vec::new();
    for (frame, placed) in input.frames.iter().zip(&result.frames) {
        for (group, placed) in frame.groups.iter().zip(&placed.groups) {
            let by = Point { x: placed.rect.x, y: placed.rect.y };
            let routes = group.edges.iter().zip(&placed.layout.routes);
            labels.extend(routes.filter_map(|(edge, route)| Some((route.label?.moved(by), edge.label?.text))));
        }
    }
    let links = input.links.iter().zip(&result.links);
    labels.extend(links.filter_map(|(link, route)| Some((route.label?, link.label?.text))));
    labels
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_label_stands_on_another_text(sketch in sketches()) {
        let input = input(&sketch);
        let labels = labels(&input, &layout(&input, None));
        for (at, (rect, text)) in labels.iter().enumerate() {
            for (other, other_text) in &labels[at + 1..] {
                prop_assert!(text == other_text || !rect.overlaps(other), "{rect:?} {text} and {other:?} {other_text}");
            }
        }
    }
}

/// An Ingress with a path to each of three Services of one application: the paths stood on one another.
#[test]
fn a_sender_with_several_targets_in_one_group_says_each_label_at_its_own_arrow() {
    let group = |leaves: usize| GroupSketch {
        leaves: vec![(1, false, false, false); leaves],
        edges: Vec::new(),
        is_grid: false,
    };
    for frames in [vec![vec![group(1), group(3)]], vec![vec![group(1)], vec![], vec![group(3)]]] {
        let target = LinkEnd { frame: frames.len() - 1, group: frames[frames.len() - 1].len() - 1, leaf: None };
        let from = LinkEnd { frame: 0, group: 0, leaf: Some(0) };
        let links = (0..3).map(|leaf: usize| {
            let label = Label { size: Size { width: 90, height: 12 }, text: u64::try_from(leaf).unwrap() };
            Link { from, to: LinkEnd { leaf: Some(leaf), ..target }, label: Some(label) }
        });
        let input = Input { links: links.collect(), ..input(&Sketch { frames, links: Vec::new() }) };
        let result = layout(&input, None);
        for route in &result.links {
            let (label, tip) = (route.label.unwrap(), route.points.last().unwrap());
            assert!(
                label.right() < tip.x && label.bottom() <= tip.y && tip.y - label.bottom() < 8,
                "{label:?} at {tip:?}"
            );
        }
    }
}

#[test]
fn what_many_senders_share_is_a_bundle_with_a_count() {
    assert_eq!(layout::bundles(&callers(10)), vec![Some(10); 10]);
}
