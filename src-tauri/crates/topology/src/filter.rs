//! Which part of the graph is asked for: the command line's FILTER.

use std::collections::BTreeSet;

use model::{KindFacts, RelationClass, ResourceKey};

use crate::graph::{Edge, Graph, NodeId};
use crate::{LabelSelector, Lens};

/// A part of the graph. The lens filters edges; namespaces, selector and focus filter nodes.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Which edges.
    pub lens: Lens,
    /// Objects of these namespaces; all where empty.
    pub namespaces: Vec<String>,
    /// Objects with these labels.
    pub selector: Option<LabelSelector>,
    /// Objects within so many steps of these.
    pub focus: Option<(Vec<NodeId>, u32)>,
    /// These nodes and no others, whatever the rest says.
    pub only: Option<BTreeSet<NodeId>>,
}

impl Filter {
    /// Whether nodes are filtered.
    pub fn is_partial(&self) -> bool {
        !self.namespaces.is_empty() || self.selector.is_some() || self.focus.is_some() || self.only.is_some()
    }

    /// The nodes that pass, ordered by key. With namespaces or labels, what the matching objects name directly and what
    /// lies in no namespace, is missing or is outside stays in the picture: a claim without its class explains nothing.
    pub fn nodes(&self, graph: &Graph) -> Vec<NodeId> {
        if !self.is_partial() {
            return graph.nodes().map(|(id, _)| id).collect();
        }
        if let Some(only) = &self.only {
            return graph.nodes().map(|(id, _)| id).filter(|id| only.contains(id)).collect();
        }
        let focus: Option<BTreeSet<NodeId>> = self.focus.as_ref().map(|(starts, depth)| {
            starts.iter().flat_map(|start| graph.focus(*start, *depth)).map(|reached| reached.node).collect()
        });
        let narrowed = !self.namespaces.is_empty() || self.selector.is_some();
        let mut kept: BTreeSet<NodeId> = BTreeSet::new();
        for (id, node) in graph.nodes() {
            let key = &node.key;
            let is_namespace = || key.is("", "Namespace") && self.namespaces.iter().any(|name| name == key.name());
            let in_namespace = self.namespaces.is_empty()
                || self.namespaces.iter().any(|name| name == key.namespace())
                || is_namespace();
            let labelled = self.selector.as_ref().is_none_or(|selector| selector.matches(|name| node.labels.get(name)));
            if focus.as_ref().is_none_or(|focus| focus.contains(&id)) && in_namespace && labelled {
                kept.insert(id);
            }
        }
        if narrowed {
            let named: Vec<NodeId> = kept
                .iter()
                .flat_map(|id| graph.outgoing(*id))
                .filter(|edge| edge.class != RelationClass::Member)
                .map(|edge| edge.to)
                .filter(|to| {
                    let node = graph.node(*to);
                    node.key.namespace().is_empty() || !node.presence.is_held()
                })
                .collect();
            kept.extend(named);
        }
        let mut nodes: Vec<NodeId> = kept.into_iter().collect();
        nodes.sort_by(|a, b| graph.node(*a).key.cmp(&graph.node(*b).key));
        nodes
    }

    /// Whether an edge passes the lens; both its ends must be among the nodes as well.
    pub fn shows(&self, graph: &Graph, edge: &Edge) -> bool {
        self.lens.shows(graph.rule(edge))
    }
}

impl Graph {
    /// The nodes that `KIND/NAME` means, as a person writes it: the kind in any case, singular, plural or short, with or
    /// without its group (`deployments.apps/web`), the name perhaps with its namespace (`pod/shop/web-1`); or a whole key.
    pub fn find(&self, text: &str) -> Vec<NodeId> {
        if let Some(id) = ResourceKey::parse(text).ok().and_then(|key| self.id(&key)) {
            return vec![id];
        }
        let Some((kind, name)) = text.split_once('/') else { return Vec::new() };
        let (namespace, name) = name.split_once('/').map_or((None, name), |(namespace, name)| (Some(namespace), name));
        let kind = kind.to_lowercase();
        let is_kind = |key: &ResourceKey| {
            let word = key.kind().to_lowercase();
            let (wanted, group) =
                kind.split_once('.').map_or((kind.as_str(), None), |(kind, group)| (kind, Some(group)));
            let plural = self.coverage().of(&key.group_kind()).map(|row| row.kind.plural.to_string());
            group.is_none_or(|group| group == key.group())
                && (word == wanted
                    || KindFacts::of(key.group(), key.kind()).is_some_and(|facts| facts.is_called(wanted))
                    || plural.as_deref() == Some(wanted)
                    || format!("{word}s") == wanted)
        };
        self.nodes()
            .filter(|(_, node)| {
                let key = &node.key;
                key.name() == name && namespace.is_none_or(|namespace| key.namespace() == namespace) && is_kind(key)
            })
            .map(|(id, _)| id)
            .collect()
    }
}
