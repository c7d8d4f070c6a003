//! A line of the map in words. A line joins two cards, and stands for the edges between what lies in them: a Service
//! selects pods, and its line leads to the card of their Deployment.

use std::collections::{BTreeMap, BTreeSet};

use diagram::picture::plural;
use inventory::Snapshot;
use model::RelationClass;
use topology::{Edge, Graph, NodeId};

use super::relations;
use crate::types::EdgeDetail;

/// Edges between two applications; a list longer than this is not read.
const EDGES: usize = 500;

/// An end of a line.
pub(super) enum End {
    /// The objects of an application.
    Application(BTreeSet<NodeId>),
    /// An object with what is folded into its card; no object where the card stands for many alike. Nothing lies in
    /// what has no card of its own.
    Card { itself: Option<NodeId>, within: BTreeSet<NodeId> },
}

impl End {
    /// The objects that a line to it may stand for. Of an object that no card draws it is the object alone.
    fn objects(&self, is_line: bool) -> BTreeSet<NodeId> {
        match self {
            Self::Application(members) => members.clone(),
            Self::Card { itself, within } if is_line => within.iter().copied().chain(*itself).collect(),
            Self::Card { itself, .. } => itself.iter().copied().collect(),
        }
    }

    fn is_drawn(&self) -> bool {
        !matches!(self, Self::Card { within, .. } if within.is_empty())
    }

    fn itself(&self) -> Option<NodeId> {
        match self {
            Self::Application(_) => None,
            Self::Card { itself, .. } => *itself,
        }
    }
}

/// Why a line is there: each of its edges, those that say the same as one.
pub(super) fn explain(graph: &Graph, snapshot: &Snapshot, ends: &[End; 2]) -> Vec<EdgeDetail> {
    let is_line = ends.iter().all(End::is_drawn);
    let [from, to] = [ends[0].objects(is_line), ends[1].objects(is_line)];
    let mut edges: Vec<&Edge> = between(graph, &from, &to).collect();
    let is_whole = ends.iter().any(|end| matches!(end, End::Application(_)));
    // A line has one direction; what is asked about otherwise, or joins applications, may be related both ways.
    if is_whole || !is_line || edges.is_empty() {
        edges.extend(between(graph, &to, &from));
    }
    // A policy lies in the card of what it alone governs; no line of that card is drawn for it.
    let [start, end] = [ends[0].itself(), ends[1].itself()];
    let is_own = |edge: &Edge| [start, end].contains(&Some(edge.from));
    edges.retain(|edge| edge.class != RelationClass::Governs || is_whole || is_own(edge));
    edges.sort_by_key(|edge| identity(graph, edge));
    edges.dedup_by_key(|edge| identity(graph, edge));
    let alike = if is_whole { edges.into_iter().map(|edge| vec![edge]).collect() } else { alike(graph, ends, edges) };
    let detail = |edges: Vec<&Edge>| {
        let first = edges.first()?;
        let stands_for = if is_whole { None } else { stands_for(graph, ends, &edges) };
        Some(EdgeDetail { stands_for, ..relations::detail(graph, snapshot, first) })
    };
    alike.into_iter().take(EDGES).filter_map(detail).collect()
}

fn identity<'a>(graph: &'a Graph, edge: &Edge) -> (&'a str, &'a str, &'a str) {
    (graph.node(edge.from).key.as_str(), graph.node(edge.to).key.as_str(), graph.relation(edge))
}

/// The edges from one to the other, those within either left out unless both are the same.
fn between<'a>(
    graph: &'a Graph,
    from: &'a BTreeSet<NodeId>,
    to: &'a BTreeSet<NodeId>,
) -> impl Iterator<Item = &'a Edge> {
    let edges = from.iter().flat_map(|id| graph.outgoing(*id)).filter(|edge| to.contains(&edge.to));
    edges.filter(move |edge| from == to || !from.contains(&edge.to))
}

/// Edges of one rule between objects of the same kinds, in the same state and with the same label, say the same of each.
/// Where a rule joins the objects of the cards themselves, what lies in them only repeats it.
fn alike<'a>(graph: &'a Graph, ends: &[End; 2], edges: Vec<&'a Edge>) -> Vec<Vec<&'a Edge>> {
    let cards = [ends[0].itself(), ends[1].itself()];
    let is_direct = |edge: &Edge| cards.contains(&Some(edge.from)) && cards.contains(&Some(edge.to));
    let direct: BTreeSet<&str> = edges.iter().filter(|edge| is_direct(edge)).map(|edge| graph.relation(edge)).collect();
    let begins = ends[0].objects(true);
    let mut groups: BTreeMap<_, Vec<&Edge>> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| is_direct(edge) || !direct.contains(graph.relation(edge))) {
        let [from, to] = [edge.from, edge.to].map(|id| graph.node(id).key.kind());
        let forward = begins.contains(&edge.from);
        // What the object of a card says itself comes before what is folded into it: EndpointSlices repeat their Service.
        let is_inside = !cards.contains(&Some(edge.from));
        let first = (!forward, is_inside, edge.class, graph.relation(edge), from, to, edge.state, edge.label.clone());
        groups.entry(first).or_default().push(edge);
    }
    groups.into_values().collect()
}

/// "3 Pods of Deployment cart", where the edges do not join the objects of the cards themselves.
fn stands_for(graph: &Graph, ends: &[End; 2], edges: &[&Edge]) -> Option<String> {
    let mut words = Vec::new();
    for end in ends {
        let inside: BTreeSet<NodeId> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        let inside: BTreeSet<NodeId> = inside.intersection(&end.objects(true)).copied().collect();
        let others = || inside.iter().filter(|id| Some(**id) != end.itself());
        let Some(kind) = others().next().map(|id| graph.node(*id).key.kind()) else { continue };
        let mut text = plural(others().count(), kind);
        if let Some(card) = end.itself().map(|id| &graph.node(id).key) {
            text.push_str(&format!(" of {} {}", card.kind(), card.name()));
        }
        words.push(text);
    }
    (!words.is_empty()).then(|| words.join(" and "))
}
