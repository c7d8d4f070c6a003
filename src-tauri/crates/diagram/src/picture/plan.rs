//! Which frame each node belongs to: its namespace, the application that a cluster-wide object serves, or a lane.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::RelationClass;
use rustc_hash::FxHashMap;
use topology::{Edge, Graph, NodeId, Presence};

use super::kinds::{self, Lane, Manner};
use super::view::View;

/// Members of each namespace and lane, in the order of their keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) namespaces: BTreeMap<Arc<str>, Members>,
    pub(super) lanes: BTreeMap<Lane, Vec<NodeId>>,
    /// The namespace a cluster-wide node was adopted by.
    pub(super) adopted: FxHashMap<NodeId, Arc<str>>,
}

/// What stands in a namespace's frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Members {
    /// The Namespace object itself.
    pub(super) itself: Option<NodeId>,
    pub(super) nodes: Vec<NodeId>,
    /// Cluster-wide nodes that serve an application here, with the node they stand by.
    pub(super) adopted: Vec<(NodeId, NodeId)>,
}

impl Plan {
    pub(super) fn new(graph: &Graph, view: &View) -> Self {
        let mut plan = Self::default();
        let mut wide = Vec::new();
        // Keys are ordered by kind first, so neighbours in the list often share a namespace, but not always.
        let mut last: Option<(Arc<str>, Vec<NodeId>)> = None;
        for (id, node) in graph.nodes().filter(|(id, _)| view.shows(*id)) {
            let namespace = node.key.namespace();
            if node.key.is("", "Namespace") {
                plan.members(node.key.name()).itself = Some(id);
            } else if namespace.is_empty() {
                wide.push(id);
            } else {
                match &mut last {
                    Some((name, nodes)) if **name == *namespace => nodes.push(id),
                    _ => {
                        if let Some((name, nodes)) = last.take() {
                            plan.members(&name).nodes.extend(nodes);
                        }
                        last = Some((namespace.into(), vec![id]));
                    }
                }
            }
        }
        if let Some((name, nodes)) = last {
            plan.members(&name).nodes.extend(nodes);
        }
        for id in wide {
            let node = graph.node(id);
            match host(graph, view, id, 0) {
                Some(by) => {
                    let namespace: Arc<str> = graph.node(by).key.namespace().into();
                    // What it stands by may itself be adopted.
                    let namespace = if namespace.is_empty() { plan.adopted.get(&by).cloned() } else { Some(namespace) };
                    if let Some(namespace) = namespace {
                        plan.members(&namespace).adopted.push((id, by));
                        plan.adopted.insert(id, namespace);
                    }
                }
                None if node.presence == Presence::Present => {
                    plan.lanes.entry(kinds::of(&node.key).lane).or_default().push(id);
                }
                // Ghosts and strangers that no drawn object refers to say nothing.
                None => {}
            }
        }
        plan
    }

    pub(super) fn members(&mut self, namespace: &str) -> &mut Members {
        if !self.namespaces.contains_key(namespace) {
            self.namespaces.insert(namespace.into(), Members::default());
        }
        self.namespaces.entry(namespace.into()).or_default()
    }
}

/// The namespaced node that a cluster-wide one stands by, if it serves just that.
pub(super) fn host(graph: &Graph, view: &View, id: NodeId, depth: u8) -> Option<NodeId> {
    let node = graph.node(id);
    let key = &node.key;
    if depth > 3 {
        return None;
    }
    match node.presence {
        Presence::Missing => {
            let needs = |edge: &&Edge| !edge.optional && view.shows(edge.from);
            return graph.incoming(id).filter(needs).map(|edge| edge.from).find(|from| is_placed(graph, *from));
        }
        Presence::External => {
            let reaches = |edge: &&Edge| edge.class == RelationClass::Routes && view.shows(edge.from);
            return graph.incoming(id).filter(reaches).map(|edge| edge.from).find(|from| is_placed(graph, *from));
        }
        Presence::Unknown => return None,
        Presence::Present => {}
    }
    let others = |edges: &mut dyn Iterator<Item = &Edge>, far: fn(&Edge) -> NodeId| -> Vec<NodeId> {
        let mut ids: Vec<NodeId> = edges.map(far).filter(|id| view.shows(*id)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    match (key.group(), key.kind()) {
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => {
            let to = others(&mut graph.outgoing(id), |edge| edge.to);
            let mut subjects =
                to.into_iter().filter(|to| !graph.node(*to).key.is("rbac.authorization.k8s.io", "ClusterRole"));
            let only = subjects.next().filter(|_| subjects.next().is_none())?;
            // Kubernetes binds dozens of accounts of its own controllers, which run nothing here.
            let runs = || {
                graph.incoming(only).any(|edge| kinds::of(&graph.node(edge.from).key).column == kinds::column::WORKLOAD)
            };
            (graph.node(only).key.is("", "ServiceAccount") && runs()).then_some(only)
        }
        ("rbac.authorization.k8s.io", "ClusterRole") => {
            let bindings =
                others(&mut graph.incoming(id).filter(|edge| edge.class == RelationClass::Refers), |edge| edge.from);
            let [binding] = bindings[..] else { return None };
            let named = &graph.node(binding).key;
            if named.namespace().is_empty() { host(graph, view, binding, depth + 1) } else { Some(binding) }
        }
        // A bound volume lies by its claim, an attachment by its volume.
        ("", "PersistentVolume") => {
            let claims = graph.outgoing(id).map(|edge| edge.to).filter(|to| view.shows(*to));
            let mut claims = claims.filter(|to| graph.node(*to).key.is("", "PersistentVolumeClaim"));
            claims.find(|to| graph.node(*to).presence == Presence::Present)
        }
        ("storage.k8s.io", "VolumeAttachment") => {
            let mut volumes = graph.outgoing(id).map(|edge| edge.to);
            let volume = volumes.find(|to| graph.node(*to).key.is("", "PersistentVolume"))?;
            host(graph, view, volume, depth + 1).map(|_| volume)
        }
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration")
        | ("apiregistration.k8s.io", "APIService") => {
            let services =
                others(&mut graph.outgoing(id).filter(|edge| graph.node(edge.to).key.is("", "Service")), |edge| {
                    edge.to
                });
            let [service] = services[..] else { return None };
            (graph.node(service).presence == Presence::Present).then_some(service)
        }
        _ => None,
    }
}

/// Whether a node stands in a namespace's frame as a card or in one.
fn is_placed(graph: &Graph, id: NodeId) -> bool {
    let key = &graph.node(id).key;
    !key.namespace().is_empty() && !matches!(kinds::of(key).manner, Manner::OnFrame)
}
