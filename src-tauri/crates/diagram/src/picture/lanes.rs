//! Lanes: cluster-wide objects below the namespaces, in plain grids, numerous kinds folded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::ResourceKey;
use rustc_hash::FxHashMap;
use topology::{Graph, NodeId, Presence};

use super::folds::fold;
use super::kinds::{self, Lane};
use super::spec::{BlockSpec, CardSpec, Content, Seat};
use super::subject::takes_part;
use super::view::View;
use super::{Options, cards};
use crate::scene::Counts;

/// Cards of one kind in a lane beyond this many fold into one: what is well and cluster-wide is quiet.
const MANY: usize = 3;

/// The content of a lane.
pub(super) fn lane(graph: &Graph, options: &Options, view: &View, lane: Lane, nodes: &[NodeId]) -> Content {
    let mut counts = Counts::default();
    let mut of_kind: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for id in nodes {
        let node = graph.node(*id);
        if node.presence == Presence::Present {
            counts.add(node.health);
        }
        *of_kind.entry((node.key.group_name(), node.key.kind())).or_default() += 1;
    }
    let mut specs: Vec<CardSpec> = Vec::new();
    let mut seats: FxHashMap<NodeId, Seat> = FxHashMap::default();
    let mut folds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for id in nodes.iter().copied() {
        let node = graph.node(id);
        let of = (node.key.group_name(), node.key.kind());
        let many = of_kind.get(&of).copied().unwrap_or(0);
        let key = ResourceKey::new(node.key.group(), node.key.kind(), "", "*");
        if node.key.is("storage.k8s.io", "CSINode") && !options.expand_all {
            // Says the same of the same machine; keys of Nodes sort first.
            let twin = graph.id(&ResourceKey::new("", "Node", "", node.key.name()));
            if let Some(seat) = twin.and_then(|twin| seats.get(&twin)).copied() {
                specs[seat.card].folded += 1;
                seats.insert(id, seat);
                continue;
            }
        }
        let is_open = options.expand_all || options.expanded.contains(&key);
        if many > MANY && !is_open && lane != Lane::Nodes && !node.health.is_problem() {
            let card = *folds.entry(of).or_insert_with(|| {
                specs.push(CardSpec { aside: true, ..fold(key, "".into(), node.health, 0) });
                specs.len() - 1
            });
            specs[card].folded += 1;
            specs[card].aside &= !takes_part(graph, options.lens, view, id);
            let count = usize::try_from(specs[card].folded).unwrap_or(usize::MAX);
            specs[card].name = kinds::plural(count, node.key.kind()).into();
            seats.insert(id, Seat { block: 0, card });
            continue;
        }
        seats.insert(id, Seat { block: 0, card: specs.len() });
        let aside = !takes_part(graph, options.lens, view, id);
        specs.push(CardSpec { aside, ..card(graph, options, id) });
    }
    let id: Arc<str> = lane.id().into();
    let least_cell = if lane == Lane::Nodes { 40 } else { 0 };
    let leaves = specs
        .iter()
        .map(|spec| {
            let size = cards::size(spec);
            layout::Leaf {
                id: spec.key.as_str().into(),
                size: layout::Size { width: size.width + least_cell, ..size },
                column: Some(0),
                under: None,
                port: cards::PORT,
            }
        })
        .collect();
    let group = layout::Group {
        id: Arc::clone(&id),
        leaves,
        edges: Vec::new(),
        shape: layout::Shape::Grid { stretch: true },
        header: 0,
        least_width: 0,
    };
    let block = BlockSpec {
        id: Arc::clone(&id),
        title: "".into(),
        subtitle: "".into(),
        counts,
        cards: specs,
        edges: Vec::new(),
        group: Arc::new(group),
    };
    Content {
        id,
        title: lane.title().into(),
        subtitle: format!("{} · cluster-wide", kinds::objects(counts.objects)).into(),
        counts,
        badges: Vec::new(),
        is_lane: true,
        blocks: vec![Arc::new(block)],
        seats,
        outward: Vec::new(),
        leans_on: BTreeSet::new(),
    }
}

fn card(graph: &Graph, options: &Options, id: NodeId) -> CardSpec {
    let node = graph.node(id);
    let meters = if node.key.is("", "Node") { options.node_use.get(node.key.name()).copied() } else { None };
    CardSpec { meters, ..CardSpec::of(node, 0) }
}
