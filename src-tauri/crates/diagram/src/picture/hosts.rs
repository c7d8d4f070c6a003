//! Which card draws a node: its own, or the one it is folded into.

use model::{Health, RelationClass, ResourceKey};
use rustc_hash::FxHashMap;
use topology::{Edge, Graph, Lens, Node, NodeId, Presence};

use super::kinds::{self, Manner, column};
use super::view::is_built_in;
use super::{Options, plan::Members};

/// What becomes of a node of a namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A card of its own, in this column.
    Card(u8),
    /// Folded into the card of another node.
    In(NodeId),
    /// A pod in another node's card.
    PodIn(NodeId),
    /// A finished or running Job among the runs of its CronJob.
    RunOf(NodeId),
    /// A badge on every card it governs.
    Badge,
    /// A badge on the frame.
    OnFrame,
    /// Counted, not drawn.
    Quiet,
}

/// Roles of the members of a namespace.
pub(super) fn roles(graph: &Graph, options: &Options, members: &Members) -> FxHashMap<NodeId, Role> {
    let mut roles: FxHashMap<NodeId, Role> = FxHashMap::default();
    let all = members.nodes.iter().chain(members.adopted.iter().map(|(id, _)| id));
    for id in all.copied() {
        roles.insert(id, role(graph, options, id));
    }
    // A fold needs a card to lie in: follow what is folded to what is drawn.
    let all = members.nodes.iter().chain(members.adopted.iter().map(|(id, _)| id));
    for id in all.copied() {
        let Some(Role::In(target) | Role::PodIn(target)) = roles.get(&id).copied() else { continue };
        let resolved = settle(&roles, target);
        let own = kinds::of(&graph.node(id).key).column;
        let is_pod = matches!(roles.get(&id), Some(Role::PodIn(_)));
        let settled = match resolved {
            Some(host) if is_pod => Role::PodIn(host),
            Some(host) => Role::In(host),
            None => Role::Card(own),
        };
        roles.insert(id, settled);
    }
    roles
}

/// Follows folds to the card (or run) they end in.
fn settle(roles: &FxHashMap<NodeId, Role>, from: NodeId) -> Option<NodeId> {
    let mut at = from;
    for _ in 0..8 {
        match roles.get(&at)? {
            Role::Card(_) | Role::RunOf(_) => return Some(at),
            Role::In(next) | Role::PodIn(next) => at = *next,
            Role::Badge | Role::OnFrame | Role::Quiet => return None,
        }
    }
    None
}

fn role(graph: &Graph, options: &Options, id: NodeId) -> Role {
    let node = graph.node(id);
    let kind = kinds::of(&node.key);
    if !node.presence.is_held() {
        return ghost(graph, options, id, node, kind.column);
    }
    if is_built_in(&node.key) && !options.expand_all && !is_bound(graph, id) {
        return Role::Quiet;
    }
    let controller = node.controller.filter(|controller| graph.node(*controller).presence.is_held());
    let opened = |host: NodeId| options.expand_all || options.expanded.contains(&graph.node(host).key);
    match kind.manner {
        Manner::Pod => match controller {
            Some(host) if opened(host) => Role::Card(column::POD),
            Some(host) => Role::PodIn(host),
            None => Role::Card(column::WORKLOAD),
        },
        Manner::Folded => match controller {
            Some(host) if opened(host) => Role::Card(kind.column.max(column::REPLICAS)),
            Some(host) => Role::In(host),
            None => Role::Card(kind.column),
        },
        Manner::Slice => match service_of(graph, id, node) {
            Some(host) if opened(host) => Role::Card(kind.column),
            Some(host) => Role::In(host),
            None => Role::Card(kind.column),
        },
        Manner::Badge if !node.health.is_problem() && !options.expand_all && options.lens != Lens::Policy => {
            let governs = graph.outgoing(id).any(|edge| edge.class == RelationClass::Governs && edge.from == id);
            if governs { Role::Badge } else { Role::Card(kind.column) }
        }
        Manner::OnFrame if !options.expand_all => Role::OnFrame,
        Manner::Frame => Role::Quiet,
        _ if node.key.is("batch", "Job") => {
            match controller.filter(|host| graph.node(*host).key.is("batch", "CronJob")) {
                Some(host) if !opened(host) => Role::RunOf(host),
                _ => Role::Card(kind.column),
            }
        }
        _ if node.key.is("", "PersistentVolume") => match bound(graph, id, "PersistentVolumeClaim") {
            // The claim's card says how much and whether it is bound.
            Some(claim) if !opened(claim) && options.lens != Lens::Storage && !node.health.is_problem() => {
                Role::In(claim)
            }
            _ => Role::Card(kind.column),
        },
        _ if node.key.is("storage.k8s.io", "VolumeAttachment") => match bound(graph, id, "PersistentVolume") {
            Some(volume) if !opened(volume) && !node.health.is_problem() => Role::In(volume),
            _ => Role::Card(kind.column),
        },
        _ if node.key.is("", "ServiceAccount") && !options.expand_all => account(graph, options, id, node),
        _ if node.key.is("", "Secret") && node.key.name().starts_with("sh.helm.release.") && !options.expand_all => {
            Role::Quiet
        }
        _ if kind.lane != kinds::Lane::Other && node.key.kind().ends_with("Configuration") => Role::Card(column::ENTRY),
        _ if node.key.is("apiregistration.k8s.io", "APIService") => Role::Card(column::ENTRY),
        _ if kind.weight == 2 && runs_workloads(graph, id) => Role::Card(column::SERVICE),
        _ => Role::Card(kind.column),
    }
}

/// The Service whose endpoints these are: by edge, else by name (Endpoints that slices replaced have no edge).
fn service_of(graph: &Graph, id: NodeId, node: &Node) -> Option<NodeId> {
    let owner = graph.incoming(id).find(|edge| edge.class == RelationClass::Owns);
    let owner = owner.map(|edge| edge.from).filter(|owner| graph.node(*owner).key.is("", "Service"));
    owner.or_else(|| {
        let name = node.labels.get("kubernetes.io/service-name").unwrap_or(node.key.name());
        let service = graph.id(&ResourceKey::new("", "Service", node.key.namespace(), name))?;
        graph.node(service).presence.is_held().then_some(service)
    })
}

/// The claim of a volume, the volume of an attachment.
fn bound(graph: &Graph, id: NodeId, kind: &str) -> Option<NodeId> {
    let mut targets = graph.outgoing(id).map(|edge| edge.to);
    targets.find(|to| graph.node(*to).key.is("", kind) && graph.node(*to).presence.is_held())
}

/// Ghosts are drawn where something needs them. A pod that only endpoints still name has just gone: they follow within
/// a moment, and its application would grow and shrink for it with every pod that is replaced.
fn ghost(graph: &Graph, options: &Options, id: NodeId, node: &Node, column: u8) -> Role {
    if node.presence == Presence::Unknown && !options.expand_all {
        if let Some(account) = account_of_token(graph, node) {
            return if is_built_in(&graph.node(account).key) { Role::Quiet } else { Role::In(account) };
        }
        if node.key.is("", "ServiceAccount") && !is_built_in(&node.key) {
            return account(graph, options, id, node);
        }
    }
    let is_pod = node.key.is("", "Pod");
    let follows = |from: NodeId| matches!(graph.node(from).key.kind(), "EndpointSlice" | "Endpoints");
    let needs = |edge: &Edge| !(edge.optional || is_pod && follows(edge.from));
    let needed = graph.incoming(id).chain(graph.outgoing(id)).any(needs);
    let is_address = node.key.is_external() && node.key.name().parse::<std::net::IpAddr>().is_ok();
    if needed && !is_address && !is_built_in(&node.key) { Role::Card(column) } else { Role::Quiet }
}

/// The account whose token a Secret out of sight holds, by the name that Kubernetes gave such Secrets: of each account one,
/// and none of them says more than its account does.
fn account_of_token(graph: &Graph, secret: &Node) -> Option<NodeId> {
    let (account, suffix) = secret.key.name().rsplit_once("-token-")?;
    let is_generated =
        suffix.len() == 5 && suffix.bytes().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit());
    if !secret.key.is("", "Secret") || !is_generated {
        return None;
    }
    graph.id(&ResourceKey::new("", "ServiceAccount", secret.key.namespace(), account))
}

/// An account that one workload alone uses and that nothing is granted to lies in that workload's card.
fn account(graph: &Graph, options: &Options, id: NodeId, node: &Node) -> Role {
    if is_bound(graph, id) || node.health.is_problem() {
        return Role::Card(column::REFERRED);
    }
    let mut users = Vec::new();
    for edge in graph.incoming(id).filter(|edge| edge.class == RelationClass::Refers) {
        let mut user = edge.from;
        for _ in 0..8 {
            let Some(controller) = graph.node(user).controller else { break };
            user = controller;
        }
        if !users.contains(&user) {
            users.push(user);
        }
        if users.len() > 1 {
            return Role::Card(column::REFERRED);
        }
    }
    match users[..] {
        [user] if !options.expanded.contains(&graph.node(user).key) => Role::In(user),
        _ => Role::Card(column::REFERRED),
    }
}

fn is_bound(graph: &Graph, account: NodeId) -> bool {
    graph.incoming(account).any(|edge| graph.node(edge.from).key.group() == "rbac.authorization.k8s.io")
}

fn runs_workloads(graph: &Graph, id: NodeId) -> bool {
    graph.outgoing(id).any(|edge| {
        let to = kinds::of(&graph.node(edge.to).key);
        edge.class == RelationClass::Owns && to.column >= column::WORKLOAD && to.column <= column::POD
    })
}

/// The worst state of several, for a card that stands for all of them; done and neutral say nothing.
pub(super) fn worst(states: impl Iterator<Item = Health>) -> Health {
    states.min().unwrap_or(Health::Neutral)
}
