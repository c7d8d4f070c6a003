//! Links as nets: the input by sorted ids, and what of each link each frame sees.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::columns::Side;
use crate::frame::{FrameJob, FrameLink, Spot};
use crate::input::{Input, Label, LinkEnd, Place};
use crate::strips::Arrow;

/// A target that so many links reach, and more than leave it, is drawn as one bundle; fewer have a track each, so that
/// two senders never read as one.
const BUSY: usize = 9;

/// More links than this from one frame to another run as one bundle, which fans out at both ends.
const BUNDLE: usize = 12;

/// More links than this between frames, and all that leave a frame are one bundle: a line each would need gutters as
/// wide as the frames.
const CROWDED: usize = 80;

/// For each link of the input how many links of other senders it shares its way with between two frames, or in one, itself
/// included; none for one that has its way for itself. Such a bundle is to be labelled with that number.
pub fn bundles(input: &Input) -> Vec<Option<usize>> {
    let links = Sorted::new(input).links;
    let way = |link: &SortedLink| (link.net, link.from.0, link.to.0);
    let mut ways: FxHashMap<(u64, usize, usize), (usize, Seat, bool)> = FxHashMap::default();
    for link in links.iter().filter(|link| link.is_drawn) {
        let (count, sender, is_shared) = ways.entry(way(link)).or_insert((0, link.from, false));
        *count += 1;
        *is_shared |= *sender != link.from;
    }
    let shared =
        |link: &SortedLink| ways.get(&way(link)).filter(|(.., is_shared)| *is_shared).map(|(count, ..)| *count);
    links.iter().map(|link| shared(link).filter(|_| link.is_drawn)).collect()
}

/// Frame, group (by sorted position) and leaf.
pub(crate) type Seat = (usize, usize, Option<usize>);

/// The input with frames and groups in the order of their ids, and links between them as nets.
pub(crate) struct Sorted {
    /// Positions in the input.
    pub(crate) frames: Vec<usize>,
    pub(crate) groups: Vec<Vec<usize>>,
    pub(crate) links: Vec<SortedLink>,
}

/// A link by sorted positions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SortedLink {
    pub(crate) from: Seat,
    pub(crate) to: Seat,
    pub(crate) net: u64,
    pub(crate) label: Option<Label>,
    pub(crate) labelled: Labelled,
    /// Whether it can be drawn: its ends exist, differ, and both frames may have lines.
    pub(crate) is_drawn: bool,
}

/// Where the label of a link stands: as far out as its way is not shared with links that have other labels. Links of one
/// sender are one line until they part, and what one of them is called does not hold for the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Labelled {
    /// Between the frames; of a link within one frame, between its groups.
    #[default]
    Outside,
    /// In the frame of its target.
    InFrame,
    /// In the group of its target.
    InGroup,
}

impl Sorted {
    pub(crate) fn new(input: &Input) -> Self {
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
        let mut between: FxHashMap<(usize, usize), usize> = FxHashMap::default();
        for link in &input.links {
            *leaving.entry(link.from).or_default() += 1;
            *arriving.entry(link.to).or_default() += 1;
            *between.entry((link.from.frame, link.to.frame)).or_default() += 1;
        }
        let crossing: usize = between.iter().filter(|((from, to), _)| from != to).map(|(_, count)| *count).sum();
        let bundle = |from: usize, to: usize| {
            let to = (crossing <= CROWDED).then(|| &input.frames[to].id);
            let mut hasher = FxHasher::default();
            ("bundle", &input.frames[from].id, to).hash(&mut hasher);
            hasher.finish() | 1 << 63
        };
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
                    return SortedLink {
                        from: none,
                        to: none,
                        net: 0,
                        label: None,
                        labelled: Labelled::Outside,
                        is_drawn,
                    };
                }
                let (out, into) = (leaving[&link.from], arriving[&link.to]);
                let is_busy = into >= BUSY && into > out;
                let (start, goal) = (link.from.frame, link.to.frame);
                let is_bundled = crossing > CROWDED || between[&(start, goal)] > BUNDLE;
                let net = if start != goal && is_bundled {
                    bundle(start, goal)
                } else if is_busy {
                    hash(&link.to, true)
                } else {
                    hash(&link.from, false)
                };
                let sorted = |end: &LinkEnd| (frame_place[end.frame], group_place[end.frame][end.group], end.leaf);
                let (from, to) = (sorted(&link.from), sorted(&link.to));
                SortedLink { from, to, net, label: link.label, labelled: Labelled::Outside, is_drawn }
            })
            .collect();
        Self { frames, groups, links: labelled(links) }
    }

    /// Links between the frames of a list, by place in it.
    pub(crate) fn arrows(&self, frames: &[usize]) -> Vec<Arrow> {
        let place = |frame: usize| frames.binary_search(&frame).ok();
        let drawn = self.links.iter().filter(|link| link.is_drawn && link.from.0 != link.to.0);
        Arrow::count(drawn.filter_map(|link| Some((place(link.from.0)?, place(link.to.0)?))).collect())
    }

    /// What each frame is laid out from, where links leave and enter frames by these sides.
    pub(crate) fn jobs(&self, input: &Input, sides: &(impl Fn(&SortedLink) -> (Side, Side) + Sync)) -> Vec<FrameJob> {
        let mut links: Vec<Vec<FrameLink>> = vec![Vec::new(); self.frames.len()];
        for link in self.links.iter().filter(|link| link.is_drawn) {
            match link.in_frames(sides(link)) {
                (leaving, Some(arriving)) => {
                    links[link.from.0].push(leaving);
                    links[link.to.0].push(arriving);
                }
                (inner, None) => links[link.from.0].push(inner),
            }
        }
        let frames = self.frames.iter().zip(&self.groups).zip(links);
        frames
            .map(|((frame, order), mut links)| {
                let frame = &input.frames[*frame];
                links.sort_unstable();
                links.dedup();
                FrameJob {
                    groups: order.iter().map(|group| Arc::clone(&frame.groups[*group])).collect(),
                    links,
                    header: frame.header,
                    least_width: frame.least_width,
                }
            })
            .collect()
    }
}

/// Finds for the label of each link the place where it holds for nothing else.
fn labelled(mut links: Vec<SortedLink>) -> Vec<SortedLink> {
    let outside = |link: &SortedLink| (link.net, link.from.0, link.to.0);
    let in_frame = |link: &SortedLink| (link.net, link.from.0 == link.to.0, link.to.0, link.to.1);
    let between = |link: &SortedLink| link.is_drawn && link.from.0 != link.to.0;
    let mixed_outside = mixed(links.iter().filter(|link| between(link)), outside);
    let mixed_in_frame = mixed(links.iter().filter(|link| link.is_drawn), in_frame);
    for link in &mut links {
        let is_own_outside = between(link) && !mixed_outside.contains(&outside(link));
        link.labelled = match mixed_in_frame.contains(&in_frame(link)) {
            _ if is_own_outside => Labelled::Outside,
            true => Labelled::InGroup,
            false if between(link) => Labelled::InFrame,
            false => Labelled::Outside,
        };
    }
    links
}

/// The ways that links with different labels share.
fn mixed<'a, K: Eq + Hash>(
    links: impl Iterator<Item = &'a SortedLink>,
    way: impl Fn(&SortedLink) -> K,
) -> FxHashSet<K> {
    let mut first: FxHashMap<K, Option<Label>> = FxHashMap::default();
    let mut mixed = FxHashSet::default();
    for link in links {
        if *first.entry(way(link)).or_insert(link.label) != link.label {
            mixed.insert(way(link));
        }
    }
    mixed
}

impl SortedLink {
    /// The label, where it stands there.
    pub(crate) fn label_at(&self, place: Labelled) -> Option<Label> {
        self.label.filter(|_| self.labelled == place)
    }

    /// The link as its frames see it: within one frame, or leaving one and arriving in another.
    pub(crate) fn in_frames(&self, (exit, entry): (Side, Side)) -> (FrameLink, Option<FrameLink>) {
        let net = self.net;
        let in_group = self.label_at(Labelled::InGroup);
        let (from, to) = (Spot::At(self.from.1, self.from.2), Spot::At(self.to.1, self.to.2));
        if self.from.0 == self.to.0 {
            return (FrameLink { from, to, net, label: self.label_at(Labelled::Outside), in_group }, None);
        }
        let leaving = FrameLink { from, to: Spot::Beyond(exit), net, label: None, in_group: None };
        let label = self.label_at(Labelled::InFrame);
        (leaving, Some(FrameLink { from: Spot::Beyond(entry), to, net, label, in_group }))
    }
}
