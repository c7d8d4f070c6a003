//! Which frame each node belongs to: its namespace, the application that a cluster-wide object serves, or a lane.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use topology::{Graph, NodeId, Presence};

use super::company::host;
use super::kinds::{self, Lane};
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
            match host(graph, &|id| view.shows(id), id, 0) {
                Some(by) => {
                    let namespace: Arc<str> = graph.node(by).key.namespace().into();
                    // What it stands by may itself be adopted.
                    let namespace = if namespace.is_empty() { plan.adopted.get(&by).cloned() } else { Some(namespace) };
                    if let Some(namespace) = namespace {
                        plan.members(&namespace).adopted.push((id, by));
                        plan.adopted.insert(id, namespace);
                    }
                }
                None if node.presence.is_held() => {
                    plan.lanes.entry(kinds::of(&node.key).lane).or_default().push(id);
                }
                // Users and groups that hold rights in the whole cluster.
                None if node.presence == Presence::External
                    && kinds::of(&node.key).lane == kinds::Lane::Identity
                    && graph.incoming(id).any(|edge| view.shows(edge.from)) =>
                {
                    plan.lanes.entry(kinds::Lane::Identity).or_default().push(id);
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
