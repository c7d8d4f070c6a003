//! Questions to the graph: what is around an object, what depends on what, how two are connected,
//! which are meant by a few words.

mod around;
mod fields;
mod lines;
mod neighbours;
mod paths;
mod reach;
mod search;

use model::ResourceKey;

use crate::graph::{Edge, Graph, NodeId};

pub use around::Around;
pub use lines::{End, Inside, Line};
pub use neighbours::{Heading, Neighbour, Neighbours};
pub use paths::Ways;
pub use reach::{Reach, Reached};

/// Why a search ended before everything that hangs together was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// More lies further than this many steps.
    Steps(u32),
    /// What many share is not passed through: these were met, the nearest first.
    Shared(Vec<NodeId>),
    /// So many relations were followed, and there were more.
    Effort(usize),
}

/// Relations that one search follows. A cluster of 100,000 objects has half a million.
const EFFORT: usize = 5_000_000;

/// Cluster-scoped objects that join two others rather than being shared by many.
const LINKS: [(&str, &str); 4] = [
    ("", "PersistentVolume"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotContent"),
    ("storage.k8s.io", "VolumeAttachment"),
];

/// Objects that Kubernetes or OpenShift makes in every namespace, and the Service before the API server.
const SHARED: [(&str, &str); 4] = [
    ("ServiceAccount", "default"),
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "openshift-service-ca.crt"),
    ("Service", "kubernetes"),
];

impl Graph {
    /// Whether objects that have nothing else in common share this one: a node, a class, the default account of a
    /// namespace, a policy for all its pods.
    fn is_shared(&self, id: NodeId) -> bool {
        let key = &self.node(id).key;
        if key.namespace().is_empty() {
            return !LINKS.contains(&(key.group(), key.kind()));
        }
        let is_everywhere = key.group().is_empty()
            && SHARED.contains(&(key.kind(), key.name()))
            && (key.kind() != "Service" || key.namespace() == "default");
        let governed = || self.outgoing(id).filter(|edge| edge.class == model::RelationClass::Governs);
        is_everywhere || governed().nth(1).is_some()
    }
}

/// Pods and the objects between them and what a person wrote are stations on the way, and cost no step of it.
fn is_station(key: &ResourceKey) -> bool {
    matches!(
        (key.group(), key.kind()),
        ("", "Pod" | "Endpoints") | ("apps", "ReplicaSet") | ("discovery.k8s.io", "EndpointSlice")
    )
}

fn far_end(edge: &Edge, near: NodeId) -> NodeId {
    if edge.from == near { edge.to } else { edge.from }
}

#[cfg(test)]
mod tests;
