//! One object, one relation, a search.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    /// `present`, `withheld`, `missing`, `unknown`, `external`.
    pub presence: String,
    /// Where the account might list it and may not any more: since when, milliseconds since the epoch. All that is said of
    /// it is as it was then.
    #[ts(type = "number | null")]
    pub withheld_since: Option<i64>,
    /// kubectl's word.
    pub status: String,
    /// Second line of its card.
    pub caption: String,
    /// Health word.
    pub health: String,
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
    /// Health word.
    pub health: String,
    /// One sentence.
    pub sentence: String,
    /// What shows it.
    pub evidence: Vec<WireEvidence>,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireEvidence {
    /// `field`, `event`, `relation`.
    pub source: String,
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
    /// Class word; `routes` also where a Service's selector is the way of the traffic.
    pub class: String,
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
    /// Health word.
    pub health: String,
    /// Edge state word.
    pub state: String,
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
    /// Class word.
    pub class: String,
    /// Edge state word.
    pub state: String,
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
    /// Health word.
    pub health: String,
    /// kubectl's word.
    pub status: String,
    /// Where the map shows it: the key of a card (itself, what it is folded into, what it governs), or the id of a frame
    /// (`app:shop/web`, `ns:shop`); null where nothing of it is drawn.
    pub card: Option<String>,
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
    /// Class word.
    pub class: String,
    /// Edge state word.
    pub state: String,
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
