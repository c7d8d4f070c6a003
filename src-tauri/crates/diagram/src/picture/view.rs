//! Which nodes the picture shows, and which edges a lens draws.

use std::collections::VecDeque;

use model::{EdgeState, RelationClass, ResourceKey};
use topology::{Edge, Graph, Node, NodeId, Presence};

use super::Options;
use super::company::host;

/// The nodes shown; none where all are.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    shown: Option<Vec<bool>>,
}

impl View {
    pub(super) fn new(graph: &Graph, options: &Options) -> Self {
        if !options.narrows() {
            return Self { shown: None };
        }
        let mut shown = vec![false; graph.capacity()];
        for (id, node) in graph.nodes() {
            shown[id.index()] = passes(node, options) && in_namespaces(node, options);
        }
        if !options.namespaces.is_empty() {
            shown = with_company(graph, options, shown);
        }
        if let Some((focus, depth)) = &options.focus {
            let near = near(graph, focus, *depth);
            for (shown, near) in shown.iter_mut().zip(near) {
                *shown &= near;
            }
        }
        if options.problems_only {
            keep_problems(graph, &mut shown);
        }
        // What something lies in is shown with it.
        let seeds: Vec<NodeId> = graph.nodes().map(|(id, _)| id).filter(|id| shown[id.index()]).collect();
        for id in seeds {
            let mut at = id;
            for _ in 0..8 {
                let Some(controller) = graph.node(at).controller else { break };
                shown[controller.index()] = true;
                at = controller;
            }
        }
        Self { shown: Some(shown) }
    }

    pub(super) fn shows(&self, id: NodeId) -> bool {
        self.shown.as_ref().is_none_or(|shown| shown.get(id.index()).copied().unwrap_or(false))
    }

    /// Whether a change of the graph may change what is shown elsewhere.
    pub(super) fn is_whole(&self) -> bool {
        self.shown.is_none()
    }
}

fn in_namespaces(node: &Node, options: &Options) -> bool {
    let is_shown = |name: &str| options.namespaces.iter().any(|shown| **shown == *name);
    options.namespaces.is_empty()
        || is_shown(node.key.namespace())
        || node.key.is("", "Namespace") && is_shown(node.key.name())
}

/// Adds what lies in no namespace and stands in the frame of a shown one: the volume of a claim, the role of an
/// account, the class that is not there.
fn with_company(graph: &Graph, options: &Options, shown: Vec<bool>) -> Vec<bool> {
    let mut view = View { shown: Some(shown) };
    // An attachment stands by its volume, a role by its binding: what stands by company is found in the second round.
    for _ in 0..2 {
        let is_company = |id: NodeId, node: &Node| {
            let is_wide = node.key.namespace().is_empty() && !view.shows(id) && passes(node, options);
            is_wide && host(graph, &|id| view.shows(id), id, 0).is_some()
        };
        let company: Vec<NodeId> = graph.nodes().filter(|(id, node)| is_company(*id, node)).map(|(id, _)| id).collect();
        for id in company {
            view.shown.iter_mut().for_each(|shown| shown[id.index()] = true);
        }
    }
    view.shown.unwrap_or_default()
}

fn passes(node: &Node, options: &Options) -> bool {
    let of_kind = options.kinds.is_empty() || {
        let (group, kind) = (node.key.group_name(), node.key.kind());
        options.kinds.iter().any(|shown| shown.split_once('/') == Some((group, kind)))
    };
    let of_health = options.health.is_empty() || options.health.contains(&node.health);
    let selected = options.only.as_ref().is_none_or(|only| only.contains(&node.key));
    of_kind && of_health && selected
}

/// Whether following this edge tells nothing about what is near: everything hangs on its namespace and node.
pub(crate) fn is_hub(key: &ResourceKey) -> bool {
    key.is("", "Namespace") || key.is("", "Node") || key.is("apiextensions.k8s.io", "CustomResourceDefinition")
}

fn near(graph: &Graph, focus: &ResourceKey, depth: u32) -> Vec<bool> {
    let mut near = vec![false; graph.capacity()];
    let Some(start) = graph.id(focus) else { return near };
    near[start.index()] = true;
    let mut queue = VecDeque::from([(start, 0_u32)]);
    while let Some((id, steps)) = queue.pop_front() {
        if steps >= depth || (is_hub(&graph.node(id).key) && id != start) {
            continue;
        }
        for edge in graph.touching(id) {
            let other = if edge.from == id { edge.to } else { edge.from };
            if near[other.index()] || edge.class == RelationClass::Member || is_noise(graph, edge) {
                continue;
            }
            near[other.index()] = true;
            // Steps are counted between cards: what is owned lies in its owner's card.
            let cost = u32::from(edge.class != RelationClass::Owns);
            if cost == 0 {
                queue.push_front((other, steps));
            } else {
                queue.push_back((other, steps + 1));
            }
        }
    }
    near
}

/// What is wrong with its direct evidence, among what is shown: the far end of what is broken, what a failing governor
/// governs. What is well is no evidence, however near it is.
fn keep_problems(graph: &Graph, shown: &mut [bool]) {
    let mut kept = vec![false; shown.len()];
    for (id, node) in graph.nodes() {
        let is_wrong = node.health.is_problem() && node.presence != Presence::Unknown;
        if !shown[id.index()] || !is_wrong {
            continue;
        }
        kept[id.index()] = true;
        if is_hub(&node.key) {
            continue;
        }
        for edge in graph.touching(id).filter(|edge| !is_noise(graph, edge)) {
            let other = if edge.from == id { edge.to } else { edge.from };
            let is_broken = edge.state == EdgeState::Missing && !edge.optional;
            let is_governed = edge.class == RelationClass::Governs && edge.from == id;
            if is_broken || is_governed {
                kept[other.index()] |= shown[other.index()];
            }
        }
    }
    shown.copy_from_slice(&kept);
}

/// Edges that every pod has and that nobody asks for: its namespace's root certificate, the default account.
pub(crate) fn is_noise(graph: &Graph, edge: &Edge) -> bool {
    let target = &graph.node(edge.to).key;
    is_built_in(target)
}

/// Objects that Kubernetes puts into every namespace.
pub(super) fn is_built_in(key: &ResourceKey) -> bool {
    (key.is("", "ConfigMap") && matches!(key.name(), "kube-root-ca.crt" | "openshift-service-ca.crt"))
        || (key.is("", "ServiceAccount") && key.name() == "default")
        || (key.namespace() == "default"
            && key.name() == "kubernetes"
            && matches!(key.kind(), "Service" | "Endpoints" | "EndpointSlice"))
}
