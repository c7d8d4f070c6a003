//! Links between blocks: edges to other applications, one line per pair of cards, or per pair of blocks where many.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{EdgeState, RelationClass};
use topology::{Graph, NodeId};

use super::block::{all, join};
use super::cards;
use super::lines::is_turned;
use super::plan::Plan;
use super::spec::{Content, Outward, Seat};
use crate::scene::LinkEnd;

/// Two blocks with more pairs of linked cards than this are joined by one line.
const PAIRS: usize = 3;

/// A link before it has a route.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LinkSpec {
    pub(super) from: LinkEnd,
    pub(super) to: LinkEnd,
    pub(super) class: RelationClass,
    pub(super) state: EdgeState,
    pub(super) inferred: bool,
    pub(super) count: u32,
    pub(super) label: Option<Arc<str>>,
    /// All labels, whole.
    pub(super) words: Option<Arc<str>>,
    /// The ends for the layout, in the direction in which the line reads.
    pub(super) ends: (layout::LinkEnd, layout::LinkEnd),
}

/// Frame and seat of a card.
type Place = (usize, Seat);

/// Frame and block.
type BlockAt = (usize, usize);

/// All links, ordered by their ends.
pub(super) fn links(graph: &Graph, plan: &Plan, contents: &[Arc<Content>]) -> Vec<LinkSpec> {
    let frame_of: BTreeMap<&str, usize> = contents
        .iter()
        .enumerate()
        .filter(|(_, content)| !content.is_lane)
        .map(|(at, content)| (&*content.title, at))
        .collect();
    let place = |node: NodeId| -> Option<Place> {
        let namespace = match plan.adopted.get(&node) {
            Some(namespace) => namespace,
            None => graph.node(node).key.namespace(),
        };
        let frame = *frame_of.get(namespace)?;
        Some((frame, *contents[frame].seats.get(&node)?))
    };
    let mut pairs: BTreeMap<(Place, Place), Vec<&Outward>> = BTreeMap::new();
    for (frame, content) in contents.iter().enumerate() {
        for outward in &content.outward {
            let Some(to) = place(outward.to) else { continue };
            let from = (frame, outward.from);
            if (from.0, from.1.block) != (to.0, to.1.block) {
                pairs.entry((from, to)).or_default().push(outward);
            }
        }
    }
    let mut blocks: BTreeMap<(BlockAt, BlockAt), Vec<(Place, Place)>> = BTreeMap::new();
    for (from, to) in pairs.keys() {
        blocks.entry(((from.0, from.1.block), (to.0, to.1.block))).or_default().push((*from, *to));
    }
    let mut links = Vec::new();
    for ((from, to), ends) in blocks {
        if ends.len() > PAIRS {
            let edges = ends.iter().filter_map(|pair| pairs.get(pair)).flatten().copied();
            let id = |(frame, block): BlockAt| LinkEnd::Block(Arc::clone(&contents[frame].blocks[block].id));
            let end = |(frame, block): BlockAt| layout::LinkEnd { frame, group: block, leaf: None };
            links.extend(merge(edges, id(from), id(to), (end(from), end(to)), true));
            continue;
        }
        for pair in ends {
            let Some(edges) = pairs.get(&pair) else { continue };
            let key = |(frame, seat): Place| &contents[frame].blocks[seat.block].cards[seat.card].key;
            let end = |(frame, seat): Place| layout::LinkEnd { frame, group: seat.block, leaf: Some(seat.card) };
            let (from, to) = (key(pair.0), key(pair.1));
            let ends = if is_turned(from, to) { (end(pair.1), end(pair.0)) } else { (end(pair.0), end(pair.1)) };
            let (from, to) = (LinkEnd::Card(from.clone()), LinkEnd::Card(to.clone()));
            links.extend(merge(edges.iter().copied(), from, to, ends, false));
        }
    }
    links
}

fn merge<'a>(
    edges: impl Iterator<Item = &'a Outward>,
    from: LinkEnd,
    to: LinkEnd,
    ends: (layout::LinkEnd, layout::LinkEnd),
    is_bundle: bool,
) -> Option<LinkSpec> {
    let mut spec: Option<LinkSpec> = None;
    let mut labels: Vec<Arc<str>> = Vec::new();
    for edge in edges {
        labels.extend(edge.labels.iter().cloned());
        let Outward { class, state, inferred, .. } = *edge;
        match &mut spec {
            None => {
                let (from, to) = (from.clone(), to.clone());
                spec = Some(LinkSpec { from, to, class, state, inferred, count: 1, label: None, words: None, ends });
            }
            Some(spec) => {
                spec.class = spec.class.min(class);
                spec.inferred &= inferred;
                spec.count += 1;
                if state == EdgeState::Missing || spec.state == EdgeState::Resolved {
                    spec.state = state;
                }
            }
        }
    }
    labels.sort();
    labels.dedup();
    let mut spec = spec?;
    let text: Option<Arc<str>> = match labels[..] {
        _ if is_bundle => Some(format!("{}×", spec.count).into()),
        [] => None,
        _ => Some(join(&labels)),
    };
    spec.label = text.map(|text| cards::label(&text).0);
    spec.words = if is_bundle { None } else { all(&labels) };
    Some(spec)
}
