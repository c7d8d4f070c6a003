//! The graph as text that is the same for the same graph: `kubilitics.dev/topology/v1`.
//!
//! One node or edge per line, so that two graphs can be compared with `diff`.

use std::collections::{BTreeMap, BTreeSet};

use model::{GroupKind, KindCoverage, KindState};
use serde::{Serialize, Serializer};

use crate::graph::{Edge, Graph, Node, NodeId, Presence};
use crate::{Filter, Labels};

/// The published JSON Schema of what [`write`] returns.
pub const SCHEMA: &str = include_str!("../schema/topology-v1.schema.json");

/// The name of the format.
pub const SCHEMA_ID: &str = "kubilitics.dev/topology/v1";

/// Writes the part of a graph that the filter lets through.
pub fn write(graph: &Graph, filter: &Filter) -> Vec<u8> {
    let nodes = filter.nodes(graph);
    let kept: BTreeSet<NodeId> = nodes.iter().copied().collect();
    let mut text = Vec::with_capacity(nodes.len() * 512);
    text.extend_from_slice(b"{\"schema\":\"");
    text.extend_from_slice(SCHEMA_ID.as_bytes());
    text.extend_from_slice(b"\",\n\"nodes\":[");
    lines(&mut text, nodes.iter().map(|id| NodeLine::of(graph.node(*id))));
    text.extend_from_slice(b"],\n\"edges\":[");
    let edges = nodes.iter().flat_map(|id| {
        let shown = |edge: &&Edge| kept.contains(&edge.to) && filter.shows(graph, edge);
        let mut edges: Vec<&Edge> = graph.outgoing(*id).filter(shown).collect();
        edges.sort_by(|a, b| {
            let key = |edge: &Edge| &graph.node(edge.to).key;
            key(a).cmp(key(b)).then_with(|| graph.relation(a).cmp(graph.relation(b)))
        });
        edges
    });
    lines(&mut text, edges.map(|edge| EdgeLine::of(graph, edge)));
    text.extend_from_slice(b"],\n\"coverage\":[");
    lines(&mut text, coverage(graph).into_iter());
    text.extend_from_slice(b"]}\n");
    text
}

fn lines(text: &mut Vec<u8>, items: impl Iterator<Item = impl Serialize>) {
    for (at, item) in items.enumerate() {
        text.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        // Writing strings, numbers and lists of them into memory cannot fail.
        let _ = serde_json::to_writer(&mut *text, &item);
    }
}

#[derive(Serialize)]
struct NodeLine<'a> {
    id: &'a str,
    group: &'a str,
    version: &'a str,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    status: &'a str,
    health: &'static str,
    app: Option<&'a str>,
    #[serde(skip_serializing_if = "Labels::is_empty", serialize_with = "labels")]
    labels: &'a Labels,
}

fn labels<S: Serializer>(labels: &&Labels, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(labels.iter())
}

impl<'a> NodeLine<'a> {
    fn of(node: &'a Node) -> Self {
        let key = &node.key;
        Self {
            id: key.as_str(),
            group: key.group_name(),
            version: &node.version,
            kind: key.kind(),
            namespace: key.namespace(),
            name: key.name(),
            status: &node.status,
            health: node.health.word(),
            app: node.app.as_deref(),
            labels: &node.labels,
        }
    }
}

#[derive(Serialize)]
struct EdgeLine<'a> {
    from: &'a str,
    to: &'a str,
    relation: &'a str,
    class: &'static str,
    state: &'static str,
    fields: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    optional: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    inferred: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    permitted: Option<bool>,
}

impl<'a> EdgeLine<'a> {
    fn of(graph: &'a Graph, edge: &'a Edge) -> Self {
        Self {
            from: graph.node(edge.from).key.as_str(),
            to: graph.node(edge.to).key.as_str(),
            relation: graph.relation(edge),
            class: edge.class.word(),
            state: edge.state.word(),
            fields: edge.fields.iter().map(|field| &**field).collect(),
            label: edge.label.as_deref(),
            optional: edge.optional,
            inferred: edge.inferred,
            permitted: edge.permitted,
        }
    }
}

#[derive(Serialize)]
struct CoverageLine {
    kind: String,
    state: &'static str,
    count: u64,
}

/// The coverage by kind. Kinds that are referred to and that the source does not hold are in it as absent.
fn coverage(graph: &Graph) -> Vec<CoverageLine> {
    let mut rows: BTreeMap<GroupKind, (&'static str, u64)> =
        graph.coverage().kinds.iter().map(|row| (row.kind.group_kind.clone(), (state(row), row.count))).collect();
    for (_, node) in graph.nodes().filter(|(_, node)| node.presence == Presence::Unknown) {
        rows.entry(node.key.group_kind()).or_insert(("absent", 0));
    }
    let mut rows: Vec<CoverageLine> =
        rows.into_iter().map(|(kind, (state, count))| CoverageLine { kind: kind.to_string(), state, count }).collect();
    rows.sort_by(|a, b| a.kind.cmp(&b.kind));
    rows
}

/// One word for the states of all scopes; times and reasons would change by themselves.
fn state(row: &KindCoverage) -> &'static str {
    let word = |state: &KindState| match state {
        KindState::Live => "live",
        KindState::Stale { .. } => "stale",
        KindState::Loading { .. } => "loading",
        KindState::Forbidden { .. } => "forbidden",
        KindState::Absent => "absent",
    };
    let words: BTreeSet<&'static str> = row.scopes.iter().map(|(_, state)| word(state)).collect();
    match words.len() {
        0 => "absent",
        1 => words.first().copied().unwrap_or("absent"),
        _ => "partial",
    }
}
