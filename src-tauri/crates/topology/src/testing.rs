//! Text in, text out: a small YAML cluster and the edges it must give.
#![allow(clippy::unwrap_used, clippy::expect_used)]

pub(crate) mod fixtures;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use model::{Coverage, GroupKind, KindCoverage, KindState, Object, ResourceKind, Scope};

use crate::{Change, Edge, Engine, Graph, RuleBook};

/// Parses a stream of YAML documents.
pub(crate) fn objects(yaml: &str) -> Vec<Object> {
    let values: Vec<serde_json::Value> = serde_saphyr::from_multiple(yaml).expect("YAML");
    values
        .into_iter()
        .filter(|value| !value.is_null())
        .map(|value| Object::from_json(value).expect("an object"))
        .collect()
}

/// The objects of a fixture.
pub(crate) fn parsed(fixture: &fixtures::Fixture) -> Vec<Object> {
    fixture.objects.iter().map(|object| Object::from_json(object.clone()).expect("an object")).collect()
}

/// The coverage of an offline source: what it holds at least one of is listed.
pub(crate) fn coverage(objects: &[Object]) -> Coverage {
    let mut kinds: BTreeMap<GroupKind, KindCoverage> = BTreeMap::new();
    for object in objects {
        let kind = object.key.group_kind();
        let row = kinds.entry(kind.clone()).or_insert_with(|| KindCoverage {
            kind: ResourceKind {
                namespaced: kind.is_namespaced().unwrap_or(!object.key.namespace().is_empty()),
                plural: format!("{}s", kind.kind.to_lowercase()).into(),
                version: object.version.clone(),
                group_kind: kind,
            },
            scopes: vec![(Scope::Cluster, KindState::Live)],
            count: 0,
            withheld: 0,
        });
        row.count += 1;
    }
    Coverage { kinds: kinds.into_values().collect() }
}

/// The graph of a YAML cluster by some rules.
pub(crate) fn graph_by(book: RuleBook, yaml: &str) -> Arc<Graph> {
    graph_of(book, objects(yaml))
}

/// The graph of some objects by some rules.
pub(crate) fn graph_of(book: RuleBook, objects: Vec<Object>) -> Arc<Graph> {
    let coverage = coverage(&objects);
    let mut engine = Engine::new(Arc::new(book));
    let changes: Vec<Change> = objects.into_iter().map(Change::Upserted).collect();
    engine.apply(&changes, &coverage);
    engine.graph()
}

/// The graph of a YAML cluster.
pub(crate) fn graph(yaml: &str) -> Arc<Graph> {
    graph_by(RuleBook::default(), yaml)
}

/// The edges of a YAML cluster, one a line: `from -> to relation state [fields] label marks`.
pub(crate) fn check(yaml: &str) -> String {
    edges(&graph(yaml), |_| true)
}

/// Edges as text.
pub(crate) fn edges(graph: &Graph, keep: impl Fn(&str) -> bool) -> String {
    let mut lines: Vec<String> = graph
        .nodes()
        .flat_map(|(id, _)| graph.outgoing(id))
        .filter(|edge| keep(graph.relation(edge)))
        .map(|edge| line(graph, edge))
        .collect();
    lines.sort();
    lines.join("\n")
}

/// Nodes as text: `key health status | caption | note [app]`.
pub(crate) fn nodes(graph: &Graph) -> String {
    let mut text = String::new();
    for (_, node) in graph.nodes() {
        let note = node.note.as_deref().map(|note| format!(" | {note}")).unwrap_or_default();
        let app = node.app.as_deref().map(|app| format!(" [{app}]")).unwrap_or_default();
        writeln!(text, "{} {} {} | {}{note}{app}", node.key, node.health.word(), node.status, node.caption).unwrap();
    }
    text
}

fn line(graph: &Graph, edge: &Edge) -> String {
    let fields: Vec<&str> = edge.fields.iter().map(|field| &**field).collect();
    let mut text = format!(
        "{} -> {} {} {} [{}]",
        graph.node(edge.from).key,
        graph.node(edge.to).key,
        graph.relation(edge),
        edge.state.word(),
        fields.join(" ")
    );
    if let Some(label) = &edge.label {
        write!(text, " \"{label}\"").unwrap();
    }
    if edge.optional {
        text.push_str(" optional");
    }
    if edge.inferred {
        text.push_str(" inferred");
    }
    if let Some(permitted) = edge.permitted {
        text.push_str(if permitted { " permitted" } else { " refused" });
    }
    text
}
