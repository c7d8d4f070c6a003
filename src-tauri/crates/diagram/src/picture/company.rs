//! Company: the namespaced object that a cluster-wide one serves alone, and in whose frame it therefore stands.

use model::RelationClass;
use topology::{Edge, Graph, NodeId, Presence};

use super::kinds::{self, Manner};

/// The namespaced node that a cluster-wide one stands by, if it serves just that.
pub(super) fn host(graph: &Graph, shows: &dyn Fn(NodeId) -> bool, id: NodeId, depth: u8) -> Option<NodeId> {
    let node = graph.node(id);
    let key = &node.key;
    if depth > 3 {
        return None;
    }
    match node.presence {
        Presence::Missing => {
            let needs = |edge: &&Edge| !edge.optional && shows(edge.from);
            return graph.incoming(id).filter(needs).map(|edge| edge.from).find(|from| is_placed(graph, *from));
        }
        Presence::External => {
            // A host is reached, a user or group is granted something.
            let is_binding = |id: NodeId| graph.node(id).key.kind().ends_with("Binding");
            let reaches =
                |edge: &&Edge| (edge.class == RelationClass::Routes || is_binding(edge.from)) && shows(edge.from);
            return graph.incoming(id).filter(reaches).map(|edge| edge.from).find(|from| is_placed(graph, *from));
        }
        Presence::Unknown => return None,
        Presence::Present | Presence::Withheld => {}
    }
    let others = |edges: &mut dyn Iterator<Item = &Edge>, far: fn(&Edge) -> NodeId| -> Vec<NodeId> {
        let mut ids: Vec<NodeId> = edges.map(far).filter(|id| shows(*id)).collect();
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
            if named.namespace().is_empty() { host(graph, shows, binding, depth + 1) } else { Some(binding) }
        }
        // A bound volume lies by its claim, an attachment by its volume.
        ("", "PersistentVolume") => {
            let claims = graph.outgoing(id).map(|edge| edge.to).filter(|to| shows(*to));
            let mut claims = claims.filter(|to| graph.node(*to).key.is("", "PersistentVolumeClaim"));
            claims.find(|to| graph.node(*to).presence.is_held())
        }
        ("storage.k8s.io", "VolumeAttachment") => {
            let mut volumes = graph.outgoing(id).map(|edge| edge.to);
            let volume = volumes.find(|to| graph.node(*to).key.is("", "PersistentVolume"))?;
            host(graph, shows, volume, depth + 1).map(|_| volume)
        }
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration")
        | ("apiregistration.k8s.io", "APIService") => {
            let services =
                others(&mut graph.outgoing(id).filter(|edge| graph.node(edge.to).key.is("", "Service")), |edge| {
                    edge.to
                });
            let [service] = services[..] else { return None };
            graph.node(service).presence.is_held().then_some(service)
        }
        _ => None,
    }
}

/// Whether a node stands in a namespace's frame as a card or in one.
fn is_placed(graph: &Graph, id: NodeId) -> bool {
    let key = &graph.node(id).key;
    !key.namespace().is_empty() && !matches!(kinds::of(key).manner, Manner::OnFrame)
}
