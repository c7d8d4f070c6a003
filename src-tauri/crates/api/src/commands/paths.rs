//! The ways between two objects, and everything that hangs on one.

use model::{EdgeState, RelationClass};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use topology::{Edge, Graph, NodeId, Stop};
use ts_rs::TS;

use super::search::{self, SearchHit};
use super::{EndsRequest, node, off_thread};
use crate::Application;
use crate::picture::Subject;
use crate::types::ApiError;

/// Ways with more steps explain nothing.
const PATH_DEPTH: u32 = 8;
const PATHS: usize = 20;
/// As many as a list can be read; `total` says how many there are.
const REACHED: usize = 500;

/// Everything that depends on an object, or that it depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
pub struct ReachRequest {
    /// The open cluster.
    pub cluster: String,
    /// The object.
    pub key: String,
    /// Which way.
    pub direction: Direction,
    /// The picture whose cards are told ([`crate::types::PictureHeader::picture`]); without one, the question is about the
    /// cluster as it is, and what is reached has no card.
    pub picture: Option<u32>,
}

/// Which way to follow the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// What a change of the object reaches.
    Dependants,
    /// What the object needs.
    Dependencies,
}

/// The ways from one object to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectPaths {
    /// The shortest ways; pods, ReplicaSets and EndpointSlices on them count as no step.
    pub ways: Vec<ObjectPath>,
    /// Whether there are more of the same length.
    pub more: bool,
    /// Why there may be a way though none is listed; null where there is none.
    pub stopped: Option<Stopped>,
}

/// Why a search along relations ended before everything that hangs together was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(tag = "at", rename_all = "camelCase")]
pub enum Stopped {
    /// More lies further than this.
    Steps {
        /// Steps that were followed.
        steps: u32,
    },
    /// What many share is not passed through.
    Shared {
        /// Those that were met, the nearest first, three at most.
        objects: Vec<SearchHit>,
    },
    /// The search took too much.
    Effort {
        /// Relations that were followed.
        relations: u32,
    },
}

/// One way from an object to another, along relations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectPath {
    /// From the first object to the last.
    pub objects: Vec<SearchHit>,
    /// The relation between each object and the next: one fewer than the objects.
    pub hops: Vec<PathHop>,
}

/// One relation of a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PathHop {
    /// Rule id.
    pub relation: String,
    /// The family of the relation.
    pub class: RelationClass,
    /// Whether the far end is there.
    pub state: EdgeState,
    /// Port, host, mount.
    pub label: Option<String>,
    /// Whether the relation points along the path; else it points back.
    pub forward: bool,
    /// The rule in a sentence.
    pub explanation: String,
}

/// What an object needs, or what needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reach {
    /// How many objects there are in all; more than `objects` where the list was cut at 500.
    pub total: u32,
    /// Nearest first, then by key.
    pub objects: Vec<ReachedObject>,
    /// Why there may be more; null where everything was followed to its end.
    pub stopped: Option<Stopped>,
}

/// An object at a distance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReachedObject {
    /// Steps between it and the object that was asked about, at least: relations, without those that lead on from a
    /// pod, a ReplicaSet or an EndpointSlice.
    pub distance: u32,
    /// The object.
    pub object: SearchHit,
}

pub(crate) async fn object_paths(application: &Application, request: EndsRequest) -> Result<ObjectPaths, ApiError> {
    let Subject { now, scene } = application.cluster(&request.cluster)?.subject(request.picture)?;
    let graph = now.graph;
    let (from, to) = (node(&graph, &request.from)?, node(&graph, &request.to)?);
    off_thread(move || {
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
            class: edge.class,
            state: edge.state,
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
    off_thread(move || {
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
