//! What a line of the map stands for. A line joins two cards, and stands for the edges between what lies in them: a Service
//! selects pods, and its line leads to the card of their Deployment.

use std::collections::{BTreeMap, BTreeSet};

use model::RelationClass;

use crate::graph::{Edge, Graph, NodeId};

/// Edges between two applications; a list longer than this is not read.
const EDGES: usize = 500;

/// An end of a line.
pub enum End {
    /// The objects of an application.
    Application(BTreeSet<NodeId>),
    /// An object with what is folded into its card; no object where the card stands for many alike. Nothing lies in
    /// what has no card of its own.
    Card {
        /// The object of the card.
        itself: Option<NodeId>,
        /// Those that lie in it.
        within: BTreeSet<NodeId>,
    },
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

/// Edges of a line that say the same.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The first of them.
    pub edge: &'a Edge,
    /// The objects in the cards of the line that the edges join instead of the objects of the cards themselves.
    pub stands_for: Vec<Inside>,
}

/// "3 Pods of Deployment cart".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inside {
    /// One of them; its kind is that of all.
    pub first: NodeId,
    /// How many.
    pub count: usize,
    /// The object of their card.
    pub card: Option<NodeId>,
}

impl Graph {
    /// Why a line between two ends is there: each of its edges, those that say the same as one, 500 at most.
    pub fn lines(&self, ends: &[End; 2]) -> Vec<Line<'_>> {
        let is_line = ends.iter().all(End::is_drawn);
        let [from, to] = [ends[0].objects(is_line), ends[1].objects(is_line)];
        let mut edges = between(self, &from, &to);
        let is_whole = ends.iter().any(|end| matches!(end, End::Application(_)));
        // A line has one direction; what is asked about otherwise, or joins applications, may be related both ways.
        if is_whole || !is_line || edges.is_empty() {
            edges.extend(between(self, &to, &from));
        }
        // A policy lies in the card of what it alone governs; no line of that card is drawn for it.
        let [start, end] = [ends[0].itself(), ends[1].itself()];
        let is_own = |edge: &Edge| [start, end].contains(&Some(edge.from));
        edges.retain(|edge| edge.class != RelationClass::Governs || is_whole || is_own(edge));
        edges.sort_by_key(|edge| identity(self, edge));
        edges.dedup_by_key(|edge| identity(self, edge));
        let alike =
            if is_whole { edges.into_iter().map(|edge| vec![edge]).collect() } else { alike(self, ends, edges) };
        alike
            .into_iter()
            .take(EDGES)
            .filter_map(|edges| {
                let stands_for = if is_whole { Vec::new() } else { stands_for(ends, &edges) };
                edges.first().copied().map(|edge| Line { edge, stands_for })
            })
            .collect()
    }
}

fn identity<'a>(graph: &'a Graph, edge: &Edge) -> (&'a str, &'a str, &'a str) {
    (graph.node(edge.from).key.as_str(), graph.node(edge.to).key.as_str(), graph.relation(edge))
}

/// The edges from one to the other, those within either left out unless both are the same.
fn between<'a>(graph: &'a Graph, from: &BTreeSet<NodeId>, to: &BTreeSet<NodeId>) -> Vec<&'a Edge> {
    let edges = from.iter().flat_map(|id| graph.outgoing(*id)).filter(|edge| to.contains(&edge.to));
    edges.filter(|edge| from == to || !from.contains(&edge.to)).collect()
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

/// What the edges join, where that is not the objects of the cards themselves.
fn stands_for(ends: &[End; 2], edges: &[&Edge]) -> Vec<Inside> {
    let joined: BTreeSet<NodeId> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    let inside = |end: &End| {
        let card = end.itself();
        let others: Vec<NodeId> =
            joined.intersection(&end.objects(true)).copied().filter(|id| Some(*id) != card).collect();
        Some(Inside { first: *others.first()?, count: others.len(), card })
    };
    ends.iter().filter_map(inside).collect()
}
