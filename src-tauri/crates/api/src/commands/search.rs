//! The search, and where on the map its hits are.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diagram::scene::{Badge, Scene};
use model::{Health, RelationClass, ResourceKey, legible};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use topology::{Graph, NodeId};
use ts_rs::TS;

use super::off_thread;
use crate::Application;
use crate::picture::Subject;
use crate::types::ApiError;

/// A search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
pub struct SearchRequest {
    /// The open cluster.
    pub cluster: String,
    /// Words that name, kind, namespace or a label must hold, each letter in order.
    pub query: String,
    /// How many hits at most.
    pub limit: u32,
    /// The picture whose cards are told ([`crate::types::PictureHeader::picture`]); without one, the search is about the cluster
    /// as it is, and hits have no card.
    pub picture: Option<u32>,
}

/// A hit of the search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchHit {
    /// Object key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: String,
    /// Namespace.
    pub namespace: String,
    /// How well it is.
    pub health: Health,
    /// kubectl's word.
    pub status: String,
    /// Where the map shows it: the key of a card (itself, what it is folded into, what it governs), or the id of a frame
    /// (`app:shop/web`, `ns:shop`); null where nothing of it is drawn.
    pub card: Option<String>,
}

/// As many as a list can be read.
const LIMIT: usize = 500;
/// Owners of owners: Pod, ReplicaSet, Deployment, Rollout, and room.
const OWNERS: usize = 8;

pub(crate) async fn object_search(
    application: &Application,
    request: SearchRequest,
) -> Result<Vec<SearchHit>, ApiError> {
    let Subject { now, scene } = application.cluster(&request.cluster)?.subject(request.picture)?;
    let graph = now.graph;
    off_thread(move || {
        let cards = Cards::of(scene);
        let limit = (request.limit as usize).min(LIMIT);
        graph.search_for(&request.query, limit).into_iter().map(|id| hit(&graph, id, &cards)).collect()
    })
    .await
}

/// Which card or frame of the map shows an object.
pub(super) struct Cards {
    scene: Option<Arc<Scene>>,
    /// What is drawn as a badge, by the card, application or namespace that carries it.
    badges: HashMap<ResourceKey, String>,
    /// Ids of the frames and applications that are drawn.
    frames: HashSet<Arc<str>>,
}

impl Cards {
    pub(super) fn of(scene: Option<Arc<Scene>>) -> Self {
        let (mut badges, mut frames) = (HashMap::new(), HashSet::new());
        let mut carries = |drawn: &[Badge], id: &str| {
            for key in drawn.iter().filter_map(|badge| badge.key.as_ref()) {
                badges.entry(key.clone()).or_insert_with(|| id.to_owned());
            }
        };
        if let Some(scene) = &scene {
            for block in scene.blocks.iter().map(|placed| &placed.block) {
                block.cards.iter().for_each(|card| carries(&card.badges, card.key.as_str()));
                frames.insert(block.id.clone());
            }
            for frame in &scene.frames {
                carries(&frame.badges, &frame.id);
                frames.insert(frame.id.clone());
            }
        }
        Self { scene, badges, frames }
    }

    /// Itself, what it lies in, what it hangs on, what it is part of, or the card of the first object that it governs;
    /// else the frame around: its application, or its namespace.
    fn place(&self, graph: &Graph, id: NodeId) -> Option<String> {
        let governed = || graph.outgoing(id).filter(|edge| edge.class == RelationClass::Governs).map(|edge| edge.to);
        self.card(graph, id)
            .or_else(|| governed().find_map(|to| self.card(graph, to)))
            .or_else(|| self.frame(graph, id))
    }

    fn card(&self, graph: &Graph, id: NodeId) -> Option<String> {
        let seats = &self.scene.as_ref()?.seats;
        let mut here = Some(id);
        for _ in 0..OWNERS {
            let node = graph.node(here?);
            let drawn = seats.card(here?).map(ToString::to_string);
            if let Some(card) = drawn.or_else(|| self.badges.get(&node.key).cloned()) {
                return Some(card);
            }
            here = node.controller;
        }
        None
    }

    fn frame(&self, graph: &Graph, id: NodeId) -> Option<String> {
        let node = graph.node(id);
        let namespace = if node.key.is("", "Namespace") { node.key.name() } else { node.key.namespace() };
        let application = node.app.as_ref().map(|app| format!("app:{namespace}/{app}"));
        let frames = application.into_iter().chain([format!("ns:{namespace}")]);
        frames.into_iter().find(|frame| self.frames.contains(frame.as_str()))
    }
}

pub(super) fn hit(graph: &Graph, id: NodeId, cards: &Cards) -> SearchHit {
    let node = graph.node(id);
    SearchHit {
        key: node.key.to_string(),
        name: legible(node.key.name()).into_owned(),
        kind: node.key.kind().to_owned(),
        namespace: node.key.namespace().to_owned(),
        health: node.health,
        status: legible(&node.status).into_owned(),
        card: cards.place(graph, id),
    }
}
