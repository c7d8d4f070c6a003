//! Why lines are there, and the rules that they are made by.

use std::collections::BTreeSet;
use std::sync::Arc;

use diagram::picture::plural;
use diagram::scene::Scene;
use inventory::Snapshot;
use model::{EdgeState, RelationClass, ResourceKey, legible};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use session::Published;
use topology::{End, Graph, Inside, Line, NodeId};
use ts_rs::TS;

use super::off_thread;
use crate::Application;
use crate::picture::Subject;
use crate::types::{ApiError, Nothing};

/// Two ends: object keys, or block ids (`app:shop/web`) for all edges between two applications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
pub struct EndsRequest {
    /// The open cluster.
    pub cluster: String,
    /// Where the edges leave.
    pub from: String,
    /// Where they arrive.
    pub to: String,
    /// The picture that the ends are of ([`crate::types::PictureHeader::picture`]). Without one they are single objects or
    /// applications of the cluster as it is, and nothing that is found has a card.
    pub picture: Option<u32>,
}

/// Why an edge is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EdgeDetail {
    /// Key of one end.
    pub from: String,
    /// Key of the other.
    pub to: String,
    /// Rule id.
    pub relation: String,
    /// Row of the relationship catalogue; null for rules of the person's own.
    pub row: Option<u32>,
    /// The family of the relation.
    pub class: RelationClass,
    /// Whether the far end is there.
    pub state: EdgeState,
    /// The rule in a sentence.
    pub explanation: String,
    /// Field paths that say so, with the value where it is short.
    pub fields: Vec<String>,
    /// Port, host, mount.
    pub label: Option<String>,
    /// A target that may be absent.
    pub optional: bool,
    /// A guess from a name.
    pub inferred: bool,
    /// Whether a ReferenceGrant permits it; null where none is needed.
    pub permitted: Option<bool>,
    /// "3 Pods of Deployment cart": the objects in the cards of the line that are joined alike, this being the first;
    /// null where the line joins the objects of the cards themselves.
    pub stands_for: Option<String>,
}

/// One entry of the rules table, for the help page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationRule {
    /// Its id, as edges carry it.
    pub id: String,
    /// Row of the relationship catalogue; null for rules of the person's own.
    pub row: Option<u32>,
    /// The family of the relation.
    pub class: RelationClass,
    /// Kind the edge is read from, `group/Kind`.
    pub source: String,
    /// Field that says so.
    pub field: String,
    /// Kind it points to.
    pub target: String,
    /// In a sentence.
    pub explanation: String,
}

pub(crate) async fn edge_detail(application: &Application, request: EndsRequest) -> Result<Vec<EdgeDetail>, ApiError> {
    let Subject { now, scene } = application.cluster(&request.cluster)?.subject(request.picture)?;
    let Published { snapshot, graph, .. } = now;
    off_thread(move || {
        let ends = [end(&graph, scene.as_deref(), &request.from)?, end(&graph, scene.as_deref(), &request.to)?];
        Ok(graph.lines(&ends).iter().map(|line| detail(&graph, &snapshot, line)).collect())
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

/// Why one line is there.
fn detail(graph: &Graph, snapshot: &Snapshot, line: &Line<'_>) -> EdgeDetail {
    let edge = line.edge;
    let rule = graph.rule(edge);
    let stands_for: Vec<String> = line.stands_for.iter().map(|inside| words(graph, inside)).collect();
    EdgeDetail {
        from: graph.node(edge.from).key.to_string(),
        to: graph.node(edge.to).key.to_string(),
        relation: rule.id.to_string(),
        row: rule.row.map(u32::from),
        class: edge.class,
        state: edge.state,
        explanation: rule.explanation.to_string(),
        fields: graph.fields_with_values(snapshot, edge).iter().map(|field| legible(field).into_owned()).collect(),
        label: edge.label.as_ref().map(|label| legible(label).into_owned()),
        optional: edge.optional,
        inferred: edge.inferred,
        permitted: edge.permitted,
        stands_for: (!stands_for.is_empty()).then(|| stands_for.join(" and ")),
    }
}

fn words(graph: &Graph, inside: &Inside) -> String {
    let mut text = plural(inside.count, graph.node(inside.first).key.kind());
    if let Some(card) = inside.card.map(|id| &graph.node(id).key) {
        text.push_str(&format!(" of {} {}", card.kind(), legible(card.name())));
    }
    text
}

pub(crate) async fn relation_rules(application: &Application, _: Nothing) -> Result<Vec<RelationRule>, ApiError> {
    let source = |(group, kind): &(topology::Text, topology::Text)| {
        format!("{}/{kind}", if group.is_empty() { "core" } else { group })
    };
    let rule = |rule: &topology::Rule| RelationRule {
        id: rule.id.to_string(),
        row: rule.row.map(u32::from),
        class: rule.class,
        source: rule.sources.iter().map(source).collect::<Vec<_>>().join(", "),
        field: rule.fields.join(", "),
        target: rule.target.to_string(),
        explanation: rule.explanation.to_string(),
    };
    Ok(application.shared.setup.rules.rules().iter().map(rule).collect())
}
