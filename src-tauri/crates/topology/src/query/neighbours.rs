//! What stands around an object, grouped as an inspector shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{EdgeState, Health, RelationClass, ResourceKey};

use crate::graph::{Edge, Graph, NodeId};

/// Relations of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbours {
    /// What they have in common.
    pub heading: Heading,
    /// In order of health, then name.
    pub members: Vec<Neighbour>,
}

/// One object beside another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Which.
    pub node: NodeId,
    /// The object that the relation ends at, where that is one of those that the subject runs, or a Service before it.
    pub near: Option<NodeId>,
    /// The state of the last of its edges that is not resolved.
    pub state: EdgeState,
    /// Ports, hosts, mounts.
    pub labels: Vec<Arc<str>>,
}

/// What the relations of one group have in common, in the order in which the inspector shows them: a heading, and the
/// class that stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// Traffic comes from there.
    ReceivesFrom,
    /// Traffic goes there.
    SendsTo,
    /// A field names it.
    RefersTo,
    /// A field of it names this.
    ReferredToBy,
    /// Pods and what makes them.
    Runs,
    /// Anything else that it owns.
    Owns,
    /// Its owner.
    BelongsTo,
    /// A policy on it.
    GovernedBy,
    /// What its policy is on.
    Governs,
    /// What its selector chooses.
    Selects,
    /// Whose selector chooses it.
    SelectedBy,
    /// What holds it.
    PartOf,
    /// What it holds.
    Holds,
}

/// Kinds that are run rather than merely owned.
const RUN: [&str; 8] =
    ["Pod", "ReplicaSet", "ReplicationController", "Deployment", "StatefulSet", "DaemonSet", "Job", "Rollout"];

impl Heading {
    fn of(graph: &Graph, edge: &Edge, incoming: bool) -> Self {
        let (from, to) = (&graph.node(edge.from).key, &graph.node(edge.to).key);
        // A Service's selector is the way of its traffic; other selectors only choose.
        let is_traffic = edge.class == RelationClass::Routes
            || edge.class == RelationClass::Selects && ["Service", "EndpointSlice", "Endpoints"].contains(&from.kind());
        match (edge.class, incoming) {
            (_, true) if is_traffic => Self::ReceivesFrom,
            (_, false) if is_traffic => Self::SendsTo,
            (RelationClass::Routes | RelationClass::Selects, true) => Self::SelectedBy,
            (RelationClass::Routes | RelationClass::Selects, false) => Self::Selects,
            (RelationClass::Refers, true) => Self::ReferredToBy,
            (RelationClass::Refers, false) => Self::RefersTo,
            (RelationClass::Owns, true) => Self::BelongsTo,
            (RelationClass::Owns, false) if RUN.contains(&to.kind()) => Self::Runs,
            (RelationClass::Owns, false) => Self::Owns,
            (RelationClass::Governs, true) => Self::GovernedBy,
            (RelationClass::Governs, false) => Self::Governs,
            // The edge leads from what holds to what is held.
            (RelationClass::Member, true) => Self::PartOf,
            (RelationClass::Member, false) => Self::Holds,
        }
    }

    /// Its words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ReceivesFrom => "Receives traffic from",
            Self::SendsTo => "Sends traffic to",
            Self::RefersTo => "Refers to",
            Self::ReferredToBy => "Referred to by",
            Self::Runs => "Runs",
            Self::Owns => "Owns",
            Self::BelongsTo => "Belongs to",
            Self::GovernedBy => "Governed by",
            Self::Governs => "Governs",
            Self::Selects => "Selects",
            Self::SelectedBy => "Selected by",
            Self::PartOf => "Part of",
            Self::Holds => "Holds",
        }
    }

    /// The class, and whether the object is the far end of its edges.
    pub const fn side(self) -> (RelationClass, bool) {
        match self {
            Self::ReceivesFrom => (RelationClass::Routes, true),
            Self::SendsTo => (RelationClass::Routes, false),
            Self::RefersTo => (RelationClass::Refers, false),
            Self::ReferredToBy => (RelationClass::Refers, true),
            Self::Runs | Self::Owns => (RelationClass::Owns, false),
            Self::BelongsTo => (RelationClass::Owns, true),
            Self::GovernedBy => (RelationClass::Governs, true),
            Self::Governs => (RelationClass::Governs, false),
            Self::Selects => (RelationClass::Selects, false),
            Self::SelectedBy => (RelationClass::Selects, true),
            Self::PartOf => (RelationClass::Member, true),
            Self::Holds => (RelationClass::Member, false),
        }
    }
}

/// The pods of one template are alike: so many tell what concerns all of them.
const ALIKE: usize = 64;

/// By the far end: several edges of one group to the same object are one line.
type Groups = BTreeMap<Heading, BTreeMap<NodeId, Neighbour>>;

impl Graph {
    /// The relations of a node, grouped and ordered. What selects, governs and calls the pods of a workload stands in the
    /// workload's list: nobody looks for it at each pod.
    pub fn neighbours(&self, id: NodeId) -> Vec<Neighbours> {
        let mut groups = Groups::new();
        for edge in self.touching(id) {
            let incoming = edge.to == id;
            add(&mut groups, Heading::of(self, edge, incoming), if incoming { edge.from } else { edge.to }, edge, None);
        }
        let run = self.run_by(id);
        for near in run.iter().copied().filter(|near| *near != id) {
            for edge in self.incoming(near).filter(|edge| self.concerns_all(edge)) {
                add(&mut groups, Heading::of(self, edge, true), edge.from, edge, Some(near));
            }
        }
        // Who calls the Services before it calls it, too.
        let services: BTreeSet<NodeId> = run
            .iter()
            .flat_map(|near| self.incoming(*near))
            .filter(|edge| edge.class == RelationClass::Selects && self.node(edge.from).key.is("", "Service"))
            .map(|edge| edge.from)
            .collect();
        for service in services {
            for edge in self.incoming(service).filter(|edge| edge.class == RelationClass::Routes) {
                add(&mut groups, Heading::ReceivesFrom, edge.from, edge, Some(service));
            }
        }
        let group = |(heading, group): (Heading, BTreeMap<NodeId, Neighbour>)| {
            let mut members: Vec<Neighbour> = group.into_values().collect();
            members.sort_by_key(|member| self.order(member.node));
            Neighbours { heading, members }
        };
        groups.into_iter().map(group).collect()
    }

    fn order(&self, id: NodeId) -> (Health, &str, &ResourceKey) {
        let node = self.node(id);
        (node.health, node.key.name(), &node.key)
    }

    /// The object and what it runs, down to the pods.
    fn run_by(&self, id: NodeId) -> BTreeSet<NodeId> {
        let mut found = BTreeSet::from([id]);
        let mut waiting = vec![id];
        while let Some(owner) = waiting.pop() {
            let owned = self.outgoing(owner).filter(|edge| edge.class == RelationClass::Owns).map(|edge| edge.to);
            for each in owned.filter(|each| RUN.contains(&self.node(*each).key.kind())) {
                if found.len() < ALIKE && found.insert(each) {
                    waiting.push(each);
                }
            }
        }
        found
    }

    /// Whether an edge to a pod speaks of the workload: a Service, a policy, a budget. EndpointSlices repeat their Service.
    fn concerns_all(&self, edge: &Edge) -> bool {
        let repeats = ["EndpointSlice", "Endpoints"].contains(&self.node(edge.from).key.kind());
        matches!(edge.class, RelationClass::Selects | RelationClass::Routes | RelationClass::Governs) && !repeats
    }
}

/// Adds one neighbour, or to it.
fn add(groups: &mut Groups, heading: Heading, far: NodeId, edge: &Edge, near: Option<NodeId>) {
    let new = Neighbour { node: far, near, state: EdgeState::Resolved, labels: Vec::new() };
    let entry = groups.entry(heading).or_default().entry(far).or_insert(new);
    if edge.state != EdgeState::Resolved {
        entry.state = edge.state;
    }
    if let Some(label) = edge.label.as_ref().filter(|label| !entry.labels.contains(label)) {
        entry.labels.push(label.clone());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::testing::graph;

    #[test]
    fn a_workload_tells_who_reaches_and_governs_its_pods() {
        let graph = graph(
            r"
{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: data, uid: s}, spec: {}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db-0, namespace: data, uid: p, labels: {app: db}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: db, uid: s, controller: true}]}, spec: {}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: data}, spec: {selector: {app: db}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: data}, spec: {podSelector: {}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: data}, spec: {containers: [{name: c, env: [{name: DB_HOST, value: 'db:5432'}]}]}}
",
        );
        let id = *graph.find("sts/db").first().unwrap();
        let text = |group: &super::Neighbours| {
            let members = group.members.iter().map(|member| graph.node(member.node).key.as_str());
            format!("{}: {}", group.heading.title(), members.collect::<Vec<_>>().join(" "))
        };
        let told: Vec<String> = graph.neighbours(id).iter().map(text).collect();
        assert_eq!(
            told,
            [
                "Receives traffic from: core/Pod/data/api core/Service/data/db",
                "Runs: core/Pod/data/db-0",
                "Governed by: networking.k8s.io/NetworkPolicy/data/deny",
            ]
        );
    }
}
