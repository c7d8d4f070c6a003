//! What lies behind trouble: from an object that is not well along what it needs, through what is not well either, to the
//! last of them.

use std::collections::VecDeque;

use model::{EdgeState, Evidence, EvidenceSource, Finding, Health, RelationClass, ResourceKey};
use rustc_hash::FxHashSet;

use crate::graph::{Edge, Graph, NodeId};

/// Steps that a person still follows.
const DEPTH: usize = 8;
/// Edges that are looked at; what many share may have thousands.
const EFFORT: usize = 5_000;

/// The way from an object to what it needs that is not well and needs nothing further that is not, the worst of them and
/// of these the nearest; none where the object itself is the last.
///
/// A way of one step to something absent is left out: that reference is told by itself.
pub(crate) fn behind(graph: &Graph, start: NodeId) -> Option<Finding> {
    tell(graph, start, &way_behind(graph, start, &mut |_| ())?)
}

impl Graph {
    /// What lies behind the trouble of an object, as [`crate::why`] says it first, in the few words that a card has room
    /// for: `StorageClass fast-nvme missing`. `seen` is told of every object that was looked at for it: a change of one of
    /// them may change the answer.
    pub fn cause(&self, id: NodeId, seen: &mut dyn FnMut(NodeId)) -> Option<String> {
        let way = way_behind(self, id, seen)?;
        let end = self.node(way.last()?.to);
        let name = format!("{} {}", end.key.kind(), end.key.name());
        Some(match (end.health, &end.note) {
            (Health::Missing, _) => format!("{name} missing"),
            (_, Some(note)) => format!("{name}: {note}"),
            (_, None) if end.caption.is_empty() => format!("{name}: {}", end.status),
            (_, None) => format!("{name}: {}", end.caption),
        })
    }
}

fn way_behind<'a>(graph: &'a Graph, start: NodeId, looked: &mut dyn FnMut(NodeId)) -> Option<Vec<&'a Edge>> {
    let mut ways: Vec<(NodeId, Option<usize>, Option<&Edge>)> = vec![(start, None, None)];
    let mut seen = FxHashSet::from_iter([start]);
    let mut queue = VecDeque::from([(0, 0)]);
    let mut last: Vec<usize> = Vec::new();
    let mut effort = 0;
    while let Some((at, steps)) = queue.pop_front() {
        let Some(&(node, ..)) = ways.get(at) else { break };
        let mut goes_on = false;
        let needs = needs(graph, node);
        effort += needs.len();
        for edge in needs {
            looked(edge.to);
            if !graph.node(edge.to).health.is_problem() {
                continue;
            }
            goes_on = true;
            if steps < DEPTH && effort <= EFFORT && seen.insert(edge.to) {
                queue.push_back((ways.len(), steps + 1));
                ways.push((edge.to, Some(at), Some(edge)));
            }
        }
        if !goes_on {
            last.push(at);
        }
    }
    let way_to = |mut at: usize| {
        let mut edges = Vec::new();
        while let Some(&(_, Some(before), Some(edge))) = ways.get(at) {
            edges.push(edge);
            at = before;
        }
        edges.reverse();
        edges
    };
    let told_already = |way: &[&Edge]| matches!(way, [edge] if edge.state == EdgeState::Missing);
    let is_own = |way: &[&Edge]| way.iter().all(|edge| edge.class == RelationClass::Owns);
    let candidates = last.into_iter().map(way_to).filter(|way| !is_own(way) && !told_already(way));
    candidates.min_by_key(|way| {
        let end = way.last().map(|edge| graph.node(edge.to));
        (end.map(|node| node.health), way.len(), end.map(|node| node.key.clone()))
    })
}

/// What an object cannot do without: what it names, selects and sends to, and the pods that do its work. A pod also calls
/// what the template of its workload calls.
fn needs(graph: &Graph, id: NodeId) -> Vec<&Edge> {
    let mut needs: Vec<&Edge> = graph
        .outgoing(id)
        .filter(|edge| match edge.class {
            RelationClass::Refers | RelationClass::Routes | RelationClass::Selects => !edge.optional,
            RelationClass::Owns => graph.node(edge.to).controller == Some(id),
            RelationClass::Governs | RelationClass::Member => false,
        })
        .collect();
    if graph.node(id).key.is("", "Pod") {
        // Bounded: in files two objects may each claim to be controlled by the other.
        let owners =
            std::iter::successors(graph.node(id).controller, |above| graph.node(*above).controller).take(DEPTH);
        let calls = owners.flat_map(|above| graph.outgoing(above));
        needs.extend(calls.filter(|edge| edge.class == RelationClass::Routes && !edge.optional));
    }
    needs
}

fn tell(graph: &Graph, start: NodeId, way: &[&Edge]) -> Option<Finding> {
    let end = graph.node(way.last()?.to);
    let mut steps = Vec::new();
    let mut shown = Vec::new();
    for edge in way {
        let to = &graph.node(edge.to).key;
        let verb = match edge.class {
            RelationClass::Owns if to.is("", "Pod") => "runs",
            // Between a workload and its pods; nobody asks for it.
            RelationClass::Owns => continue,
            RelationClass::Routes => "sends to",
            RelationClass::Selects => "selects",
            RelationClass::Refers | RelationClass::Governs | RelationClass::Member => "needs",
        };
        steps.push(format!("{verb} {} {}", to.kind(), place(to)));
        if edge.class != RelationClass::Owns {
            let from = &graph.node(edge.from).key;
            let rule = graph.rule(edge);
            shown.push(relation(from, rule.id.as_ref(), rule.explanation.as_ref()));
            shown.extend(edge.fields.iter().map(|at| Evidence {
                source: EvidenceSource::Field,
                object: from.clone(),
                at: at.to_string(),
                text: to.name().to_owned(),
            }));
        }
    }
    let ending = match (end.health, end.caption.is_empty()) {
        (Health::Missing, _) => ", which is not there".to_owned(),
        (_, false) => format!(": {}", end.caption),
        (_, true) => format!(": {}", end.status),
    };
    Some(Finding {
        subject: graph.node(start).key.clone(),
        health: graph.node(start).health,
        sentence: format!("it {}{ending}", steps.join(", which ")),
        evidence: shown,
    })
}

pub(crate) fn relation(from: &ResourceKey, rule: &str, explanation: &str) -> Evidence {
    Evidence {
        source: EvidenceSource::Relation,
        object: from.clone(),
        at: rule.to_owned(),
        text: explanation.to_owned(),
    }
}

/// `shop/web`, or the name of a cluster-scoped object.
pub(crate) fn place(key: &ResourceKey) -> String {
    if key.namespace().is_empty() { key.name().to_owned() } else { format!("{}/{}", key.namespace(), key.name()) }
}
