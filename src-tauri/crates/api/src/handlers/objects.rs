//! One object, one relation, and the ways between objects.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use topology::{Edge, Graph, NodeId, Presence};

use super::{aside, findings, node, relations, search};
use crate::Application;
use crate::cluster::Published;
use crate::types::*;
use crate::yaml::to_yaml;

/// Chains longer than this explain nothing.
const PATH_DEPTH: u32 = 8;
const PATHS: usize = 20;
/// As far as anything reaches.
const REACH_DEPTH: u32 = 64;
/// Edges between two applications; a list longer than this is not read.
const EDGES: usize = 500;

pub(crate) async fn object_detail(application: &Application, request: ObjectRequest) -> Result<ObjectDetail, ApiError> {
    let now = application.cluster(&request.cluster)?.now();
    let id = node(&now.graph, &request.key)?;
    aside(move || detail(request.cluster, &now, id)).await
}

fn detail(cluster: String, now: &Published, id: NodeId) -> ObjectDetail {
    let Published { snapshot, graph, .. } = now;
    let node = graph.node(id);
    let key = &node.key;
    let object = snapshot.get(key);
    let created = object.as_ref().and_then(|object| object.body.pointer("/metadata/creationTimestamp")?.as_str());
    let reached = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    ObjectDetail {
        cluster,
        revision: graph.revision(),
        key: key.to_string(),
        group: key.group().to_owned(),
        version: node.version.to_string(),
        kind: key.kind().to_owned(),
        namespace: key.namespace().to_owned(),
        name: key.name().to_owned(),
        presence: match node.presence {
            Presence::Present => "present",
            Presence::Missing => "missing",
            Presence::Unknown => "unknown",
            Presence::External => "external",
        }
        .to_owned(),
        status: node.status.to_string(),
        caption: node.caption.to_string(),
        health: node.health.word().to_owned(),
        app: node.app.as_ref().map(ToString::to_string),
        findings: findings::findings(graph, snapshot, id),
        labels: node.labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        created: created.map(str::to_owned),
        relations: relations::groups(graph, id),
        dependants: reached(graph.dependants(id, REACH_DEPTH).len().saturating_sub(1)),
        dependencies: reached(graph.dependencies(id, REACH_DEPTH).len().saturating_sub(1)),
        yaml: object.map(|object| to_yaml(&without_secrets(key.kind(), &object.body))),
    }
}

/// Secrets come without values; the copy that kubectl keeps in an annotation would have them.
fn without_secrets(kind: &str, body: &Value) -> Value {
    let mut body = body.clone();
    if kind == "Secret" {
        if let Some(annotations) = body.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
        for field in ["data", "stringData"] {
            let entries = body.get_mut(field).and_then(Value::as_object_mut);
            entries.into_iter().flat_map(|map| map.values_mut()).for_each(|value| *value = Value::Null);
        }
    }
    body
}

pub(crate) async fn edge_detail(application: &Application, request: EndsRequest) -> Result<Vec<EdgeDetail>, ApiError> {
    let Published { snapshot, graph, .. } = application.cluster(&request.cluster)?.now();
    let ends = (end(&graph, &request.from)?, end(&graph, &request.to)?);
    aside(move || {
        let (from, to) = ends;
        let between = |edge: &&Edge| to.contains(&edge.to) || to.contains(&edge.from);
        let mut edges: Vec<&Edge> = from.iter().flat_map(|id| graph.touching(*id)).filter(between).collect();
        // An edge within both ends is found from each of them.
        let identity = |edge: &Edge| (edge.from.index(), edge.to.index(), graph.relation(edge).to_owned());
        edges.sort_by_key(|edge| identity(edge));
        edges.dedup_by_key(|edge| identity(edge));
        let within = |edge: &Edge| from.contains(&edge.from) && from.contains(&edge.to);
        edges.retain(|edge| from == to || !within(edge));
        let mut details: Vec<EdgeDetail> =
            edges.into_iter().take(EDGES).map(|edge| relations::detail(&graph, &snapshot, edge)).collect();
        details.sort_by(|a, b| (&a.from, &a.to, &a.relation).cmp(&(&b.from, &b.to, &b.relation)));
        details
    })
    .await
}

/// The nodes that an end means: one object, or all of an application (`app:shop/web`).
fn end(graph: &Arc<Graph>, text: &str) -> Result<BTreeSet<NodeId>, ApiError> {
    let Some(block) = text.strip_prefix("app:") else { return Ok(BTreeSet::from([node(graph, text)?])) };
    let (namespace, app) = block.split_once('/').unwrap_or(("", block));
    let is_in = |node: &topology::Node| node.key.namespace() == namespace && node.app.as_deref() == Some(app);
    let members: BTreeSet<NodeId> = graph.nodes().filter(|(_, node)| is_in(node)).map(|(id, _)| id).collect();
    if members.is_empty() {
        return Err(ApiError::not_found(format!("the application {block} is not in this cluster any more")));
    }
    Ok(members)
}

pub(crate) async fn object_paths(
    application: &Application,
    request: EndsRequest,
) -> Result<Vec<Vec<String>>, ApiError> {
    let graph = application.cluster(&request.cluster)?.now().graph;
    let (from, to) = (node(&graph, &request.from)?, node(&graph, &request.to)?);
    aside(move || {
        let key = |id: NodeId| graph.node(id).key.to_string();
        let chain = |edges: Vec<Edge>| {
            let mut here = from;
            let mut keys = vec![key(from)];
            for edge in edges {
                here = if edge.from == here { edge.to } else { edge.from };
                keys.push(key(here));
            }
            keys
        };
        graph.paths(from, to, PATH_DEPTH, PATHS).into_iter().map(chain).collect()
    })
    .await
}

pub(crate) async fn object_reach(application: &Application, request: ReachRequest) -> Result<Vec<SearchHit>, ApiError> {
    let open = application.cluster(&request.cluster)?;
    let (graph, scene) = (open.now().graph, open.scene());
    let id = node(&graph, &request.key)?;
    aside(move || {
        let reached = match request.direction {
            Direction::Dependants => graph.dependants(id, REACH_DEPTH),
            Direction::Dependencies => graph.dependencies(id, REACH_DEPTH),
        };
        let cards = search::Cards::of(scene.as_deref());
        let others = reached.into_iter().map(|reached| reached.node).filter(|each| *each != id);
        others.map(|each| search::hit(&graph, each, &cards)).collect()
    })
    .await
}
