//! One object, one relation, and the ways between objects.

use std::collections::BTreeSet;
use std::sync::Arc;

use diagram::scene::Scene;
use model::{ResourceKey, legible};
use session::Published;
use topology::{Edge, End, Graph, NodeId, Presence, Stop};

use super::{aside, findings, node, relations, search};
use crate::Application;
use crate::picture::Subject;
use crate::types::*;

/// Ways with more steps explain nothing.
const PATH_DEPTH: u32 = 8;
const PATHS: usize = 20;
/// As many as a list can be read; `total` says how many there are.
const REACHED: usize = 500;

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
        name: legible(key.name()).into_owned(),
        presence: match node.presence {
            Presence::Present => "present",
            Presence::Withheld => "withheld",
            Presence::Missing => "missing",
            Presence::Unknown => "unknown",
            Presence::External => "external",
        }
        .to_owned(),
        withheld_since: snapshot
            .coverage()
            .of(&key.group_kind())
            .filter(|_| node.presence == Presence::Withheld)
            .and_then(|row| row.withheld_since(key.namespace())),
        status: legible(&node.status).into_owned(),
        caption: legible(&node.caption).into_owned(),
        health: node.health.word().to_owned(),
        app: node.app.as_ref().map(ToString::to_string),
        findings: findings::findings(graph, snapshot, id),
        labels: node.labels.iter().map(|(name, value)| (name.to_owned(), legible(value).into_owned())).collect(),
        created: created.map(str::to_owned),
        relations: relations::groups(graph, id),
        dependants: reached(graph.dependants(id).objects.len()),
        dependencies: reached(graph.dependencies(id).objects.len()),
        yaml: object.map(|object| cluster::to_yaml(&object.body)),
    }
}

pub(crate) async fn edge_detail(application: &Application, request: EndsRequest) -> Result<Vec<EdgeDetail>, ApiError> {
    let Subject { now, scene } = application.cluster(&request.cluster)?.subject(request.picture)?;
    let Published { snapshot, graph, .. } = now;
    aside(move || {
        let ends = [end(&graph, scene.as_deref(), &request.from)?, end(&graph, scene.as_deref(), &request.to)?];
        Ok(graph.lines(&ends).iter().map(|line| relations::detail(&graph, &snapshot, line)).collect())
    })
    .await?
}

/// What an end of a line means: one object, a card with all that lies in it, or an application (`app:shop/web`).
fn end(graph: &Arc<Graph>, scene: Option<&Scene>, text: &str) -> Result<End, ApiError> {
    let Some(block) = text.strip_prefix("app:") else { return card(graph, scene, text) };
    let (namespace, app) = block.split_once('/').unwrap_or(("", block));
    let is_in = |node: &topology::Node| node.key.namespace() == namespace && node.app.as_deref() == Some(app);
    let members: BTreeSet<NodeId> = graph.nodes().filter(|(_, node)| is_in(node)).map(|(id, _)| id).collect();
    if members.is_empty() {
        return Err(ApiError::not_found(format!("the application {block} is not in this cluster any more")));
    }
    Ok(End::Application(members))
}

fn card(graph: &Arc<Graph>, scene: Option<&Scene>, text: &str) -> Result<End, ApiError> {
    let key = ResourceKey::parse(text).map_err(|error| ApiError::invalid(error.to_string()))?;
    let within: BTreeSet<NodeId> = scene.map(|scene| scene.seats.of(&key)).unwrap_or_default().into_iter().collect();
    match graph.id(&key) {
        Some(itself) => Ok(End::Card { itself: Some(itself), within }),
        // A card that stands for many has the key of none of them.
        None if !within.is_empty() => Ok(End::Card { itself: None, within }),
        None => Err(ApiError::not_found(format!("{key} is not in this cluster any more"))),
    }
}

pub(crate) async fn object_paths(application: &Application, request: EndsRequest) -> Result<ObjectPaths, ApiError> {
    let Subject { now, scene } = application.cluster(&request.cluster)?.subject(request.picture)?;
    let graph = now.graph;
    let (from, to) = (node(&graph, &request.from)?, node(&graph, &request.to)?);
    aside(move || {
        let cards = search::Cards::of(scene);
        let found = graph.paths(from, to, PATH_DEPTH, PATHS);
        ObjectPaths {
            ways: found.ways.iter().map(|edges| path(&graph, &cards, from, edges)).collect(),
            more: found.more,
            stopped: found.stopped.map(|stop| stopped(&graph, &cards, stop)),
        }
    })
    .await
}

fn stopped(graph: &Graph, cards: &search::Cards, stop: Stop) -> Stopped {
    match stop {
        Stop::Steps(steps) => Stopped::Steps { steps },
        Stop::Shared(met) => {
            Stopped::Shared { objects: met.into_iter().map(|id| search::hit(graph, id, cards)).collect() }
        }
        Stop::Effort(relations) => Stopped::Effort { relations: u32::try_from(relations).unwrap_or(u32::MAX) },
    }
}

fn path(graph: &Graph, cards: &search::Cards, start: NodeId, edges: &[Edge]) -> ObjectPath {
    let mut here = start;
    let mut objects = vec![search::hit(graph, start, cards)];
    let mut hops = Vec::with_capacity(edges.len());
    for edge in edges {
        let forward = edge.from == here;
        here = if forward { edge.to } else { edge.from };
        objects.push(search::hit(graph, here, cards));
        hops.push(PathHop {
            relation: graph.relation(edge).to_owned(),
            class: edge.class.word().to_owned(),
            state: edge.state.word().to_owned(),
            label: edge.label.as_ref().map(ToString::to_string),
            forward,
            explanation: graph.rule(edge).explanation.to_string(),
        });
    }
    ObjectPath { objects, hops }
}

pub(crate) async fn object_reach(application: &Application, request: ReachRequest) -> Result<Reach, ApiError> {
    let Subject { now, scene } = application.cluster(&request.cluster)?.subject(request.picture)?;
    let graph = now.graph;
    let id = node(&graph, &request.key)?;
    aside(move || {
        let reach = match request.direction {
            Direction::Dependants => graph.dependants(id),
            Direction::Dependencies => graph.dependencies(id),
        };
        let cards = search::Cards::of(scene);
        let listed = reach
            .objects
            .iter()
            .take(REACHED)
            .map(|each| ReachedObject { distance: each.distance, object: search::hit(&graph, each.node, &cards) });
        Reach {
            total: u32::try_from(reach.objects.len()).unwrap_or(u32::MAX),
            objects: listed.collect(),
            stopped: reach.stopped.map(|stop| stopped(&graph, &cards, stop)),
        }
    })
    .await
}
