//! One object: what it is, why it is not well, and its relations as the inspector groups them.
//!
//! What follows from what stands in `topology`; here it is put into the words that travel.

use inventory::Snapshot;
use model::{EdgeState, EvidenceSource, Finding, GroupKind, Health, Object, RelationClass, ResourceKey, legible};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use session::Published;
use topology::{Graph, Heading, Neighbour, Neighbours, NodeId, Presence};
use ts_rs::TS;

use super::{node, off_thread};
use crate::Application;
use crate::streams::ObjectNow;
use crate::types::ApiError;

/// A longer list is cut; `total` says how long it is.
const MEMBERS: usize = 200;

/// The namespace of events about objects that have none.
const DEFAULT: &str = "default";

/// One object of an open cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct ObjectRequest {
    /// The open cluster.
    pub cluster: String,
    /// `group/Kind/namespace/name`.
    pub key: String,
}

/// What the inspector shows of a selected object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectDetail {
    /// Which cluster.
    pub cluster: String,
    /// Revision of the snapshot.
    #[ts(type = "number")]
    pub revision: u64,
    /// Its key.
    pub key: String,
    /// Group, empty for core.
    pub group: String,
    /// Version in use.
    pub version: String,
    /// Kind.
    pub kind: String,
    /// Namespace, empty for cluster scope.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Whether it was seen.
    pub presence: Presence,
    /// Where the account might list it and may not any more: since when, milliseconds since the epoch. All that is said of
    /// it is as it was then.
    #[ts(type = "number | null")]
    pub withheld_since: Option<i64>,
    /// kubectl's word.
    pub status: String,
    /// Second line of its card.
    pub caption: String,
    /// How well it is.
    pub health: Health,
    /// Application group.
    pub app: Option<String>,
    /// Why it is not well, worst first; empty where it is.
    pub findings: Vec<WireFinding>,
    /// Labels, sorted.
    pub labels: Vec<(String, String)>,
    /// When it was created, RFC 3339.
    pub created: Option<String>,
    /// Its relations, grouped and ordered as the inspector shows them.
    pub relations: Vec<RelationGroup>,
    /// Objects that a change of this one reaches, counted over the graph.
    pub dependants: u32,
    /// Objects that it needs.
    pub dependencies: u32,
    /// The body as YAML, sorted as kubectl prints it; absent for ghosts and outside things; Secrets without values.
    pub yaml: Option<String>,
}

/// Why something is not well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireFinding {
    /// Key of what is unwell.
    pub subject: String,
    /// How well it is.
    pub health: Health,
    /// One sentence.
    pub sentence: String,
    /// What shows it.
    pub evidence: Vec<WireEvidence>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireEvidence {
    /// Where it was read.
    pub source: EvidenceSource,
    /// Key of the object it was read from.
    pub object: String,
    /// Field path, event reason, rule id.
    pub at: String,
    /// What stands there.
    pub text: String,
}

/// Relations of one sort: "Receives traffic from", "Refers to", "Runs", "Governed by".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationGroup {
    /// Heading.
    pub title: String,
    /// Their family; `routes` also where a Service's selector is the way of the traffic.
    pub class: RelationClass,
    /// Whether the object is the far end.
    pub incoming: bool,
    /// In order of health, then name.
    pub members: Vec<RelationMember>,
    /// How many there are in all; more than `members` where the list was cut at 200.
    pub total: u32,
}

/// One neighbour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RelationMember {
    /// Its key.
    pub key: String,
    /// The object that the relation joins it with, where that is one of those that the subject runs, or a Service before
    /// it; null where it is the subject itself.
    pub near: Option<String>,
    /// Name.
    pub name: String,
    /// "Service :8080", "Secret · key missing".
    pub caption: String,
    /// How well it is.
    pub health: Health,
    /// Whether the far end is there.
    pub state: EdgeState,
}

pub(crate) async fn object_detail(application: &Application, request: ObjectRequest) -> Result<ObjectDetail, ApiError> {
    let now = application.cluster(&request.cluster)?.now();
    let id = node(&now.graph, &request.key)?;
    off_thread(move || detail(request.cluster, &now, id)).await
}

/// An object as a stream tells it.
pub(crate) fn now(cluster: String, now: &Published, key: &ResourceKey) -> ObjectNow {
    match now.graph.id(key) {
        Some(id) => ObjectNow::Known(Box::new(detail(cluster, now, id))),
        None => ObjectNow::Gone(format!("{key} is not in this cluster any more")),
    }
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
        presence: node.presence,
        withheld_since: snapshot
            .coverage()
            .of(&key.group_kind())
            .filter(|_| node.presence == Presence::Withheld)
            .and_then(|row| row.withheld_since(key.namespace())),
        status: legible(&node.status).into_owned(),
        caption: legible(&node.caption).into_owned(),
        health: node.health,
        app: node.app.as_ref().map(ToString::to_string),
        findings: findings(graph, snapshot, id),
        labels: node.labels.iter().map(|(name, value)| (name.to_owned(), legible(value).into_owned())).collect(),
        created: created.map(str::to_owned),
        relations: groups(graph, id),
        dependants: reached(graph.dependants(id).objects.len()),
        dependencies: reached(graph.dependencies(id).objects.len()),
        yaml: object.map(|object| cluster::to_yaml(&object.body)),
    }
}

/// The relations of a node, as the inspector shows them.
fn groups(graph: &Graph, id: NodeId) -> Vec<RelationGroup> {
    graph.neighbours(id).into_iter().map(|group| wire_group(graph, &group)).collect()
}

fn wire_group(graph: &Graph, Neighbours { heading, members }: &Neighbours) -> RelationGroup {
    let (class, incoming) = heading.side();
    RelationGroup {
        title: heading.title().to_owned(),
        class,
        incoming,
        members: members.iter().take(MEMBERS).map(|member| wire_member(graph, *heading, member)).collect(),
        total: u32::try_from(members.len()).unwrap_or(u32::MAX),
    }
}

fn wire_member(graph: &Graph, heading: Heading, member: &Neighbour) -> RelationMember {
    let node = graph.node(member.node);
    let mut caption = node.key.kind().to_owned();
    // What is wrong with it matters here, and how much of it runs.
    let says = matches!(node.health, Health::Failing | Health::Degraded | Health::Pending) || heading == Heading::Runs;
    let said = Some(&*node.caption).filter(|caption| says && !caption.is_empty());
    for part in said.into_iter().chain(member.labels.iter().map(|label| &**label)) {
        if !caption.contains(part) {
            caption.push_str(" · ");
            caption.push_str(part);
        }
    }
    RelationMember {
        key: node.key.to_string(),
        near: member.near.map(|near| graph.node(near).key.to_string()),
        name: legible(node.key.name()).into_owned(),
        caption: legible(&caption).into_owned(),
        health: node.health,
        state: member.state,
    }
}

/// Worst first; nothing for what is well.
fn findings(graph: &Graph, snapshot: &Snapshot, id: NodeId) -> Vec<WireFinding> {
    let node = graph.node(id);
    // Unpacking a namespace's events is worth it only where there is something to tell.
    let told = node.health.is_problem() || node.note.is_some();
    let events = if told { events(snapshot, &node.key) } else { Vec::new() };
    let found = topology::why(graph, &|key| snapshot.get(key), &events, &node.key);
    found.into_iter().map(wire_finding).collect()
}

fn events(snapshot: &Snapshot, key: &ResourceKey) -> Vec<Object> {
    let namespace = Some(key.namespace()).filter(|namespace| !namespace.is_empty()).unwrap_or(DEFAULT);
    snapshot.objects_of(&GroupKind::new("", "Event"), Some(namespace)).collect()
}

fn wire_finding(finding: Finding) -> WireFinding {
    let evidence = finding.evidence.into_iter().map(|evidence| WireEvidence {
        source: evidence.source,
        object: evidence.object.to_string(),
        at: evidence.at,
        text: legible(&evidence.text).into_owned(),
    });
    WireFinding {
        subject: finding.subject.to_string(),
        health: finding.health,
        sentence: legible(&finding.sentence).into_owned(),
        evidence: evidence.collect(),
    }
}
