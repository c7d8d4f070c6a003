//! The graph that everything reads: immutable, cheap to clone, ordered by key.
//!
//! An edge is stored once, at the end that declares it (the object whose fields say so, or the object that a selector
//! matches), so that one change of one object rewrites one short list, however many neighbours its neighbours have.

mod left_out;
mod slots;

use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};

use model::{Coverage, EdgeState, Health, RelationClass, ResourceKey};
use serde::{Deserialize, Serialize};

use crate::Labels;
use crate::links::RelationId;
use crate::rule::Rule;
use crate::rules::RuleBook;

pub(crate) use left_out::LeftOut;
pub(crate) use slots::{Others, Slot};

/// A node of one graph and its successors until the node is removed. Its place may then be given to another node, never
/// its id: whoever holds on to it finds nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId {
    index: u32,
    since: Since,
}

impl NodeId {
    pub(crate) fn new(index: usize, since: Since) -> Self {
        Self { index: u32::try_from(index).unwrap_or(u32::MAX), since }
    }

    /// The node's place in a table of [`Graph::capacity`] entries.
    pub fn index(self) -> usize {
        self.index as usize
    }
}

/// The revision with which a node came, which tells it from the others that have its place before and after it: a place
/// is freed at the end of one step and given again in a later one. An engine that begins anew begins at a later revision
/// than the one before it ended with, so that ids of the two differ as well. Cut to 32 bits: ids stand at both ends of
/// every edge, and one that is as old as four thousand million revisions is held by nobody.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Since(NonZeroU32);

impl Since {
    pub(crate) fn revision(revision: u64) -> Self {
        let low = u32::try_from(revision & u64::from(u32::MAX)).unwrap_or_default();
        Self(NonZeroU32::new(low).unwrap_or(NonZeroU32::MIN))
    }
}

/// Whether a node is an object that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// The object is there.
    Present,
    /// It was there when the account might still list it; how it is now is not known.
    Withheld,
    /// Something refers to it, its kind is listed, and it is not there.
    Missing,
    /// Something refers to it, and its kind or namespace is not listed.
    Unknown,
    /// Nothing of the cluster: a user, a group, a host, an address.
    External,
}

impl Presence {
    /// Whether it is an object that was seen, now or earlier.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Present | Self::Withheld)
    }
}

/// One object, or one thing that objects refer to.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands.
    pub key: ResourceKey,
    /// The version of its API, empty for what was never seen.
    pub version: Arc<str>,
    /// Whether it was seen.
    pub presence: Presence,
    /// The word kubectl prints, without ages: `Running`, `Bound`, `CrashLoopBackOff`; empty where it prints none.
    pub status: Arc<str>,
    /// What matters at the moment, for the second line of a card: `4 of 4 ready`.
    pub caption: Arc<str>,
    /// The word of trouble of its own or of the pods below it: `CreateContainerConfigError`.
    pub note: Option<Arc<str>>,
    /// How well it is.
    pub health: Health,
    /// The application it belongs to, by the recommended labels, its controller or its neighbours.
    pub app: Option<Arc<str>>,
    /// Its labels.
    pub labels: Labels,
    /// The owner that controls it.
    pub controller: Option<NodeId>,
    /// Ready and wanted parts: pods of a workload, containers of a pod, endpoints of a Service.
    pub ready: Option<(u32, u32)>,
}

/// One relation between two nodes, with every field that says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Where the relation starts.
    pub from: NodeId,
    /// Where it points.
    pub to: NodeId,
    /// The rule that found it; [`Graph::rule`] has the rest.
    pub relation: RelationId,
    /// The rule's class.
    pub class: RelationClass,
    /// Whether both ends are there.
    pub state: EdgeState,
    /// The fields that say so, ordered; at least one unless the relation is read from labels alone.
    pub fields: Arc<[Arc<str>]>,
    /// Ports, hosts and paths, mount names.
    pub label: Option<Arc<str>>,
    /// The reference is allowed to dangle.
    pub optional: bool,
    /// Guessed from names, not declared.
    pub inferred: bool,
    /// Where crossing a namespace takes a grant: whether there is one.
    pub permitted: Option<bool>,
}

/// Nodes and edges at one moment. Cloning costs a few reference counts.
#[derive(Clone, Debug)]
pub struct Graph {
    pub(crate) revision: u64,
    pub(crate) slots: imbl::Vector<Option<Arc<Slot>>>,
    pub(crate) by_key: imbl::OrdMap<ResourceKey, NodeId>,
    pub(crate) edges: usize,
    /// By the node that would declare them.
    pub(crate) left_out: imbl::OrdMap<NodeId, Arc<LeftOut>>,
    pub(crate) coverage: Arc<Coverage>,
    pub(crate) rules: Arc<RuleBook>,
}

static NOWHERE: LazyLock<Node> = LazyLock::new(|| Node {
    key: ResourceKey::new(model::EXTERNAL_GROUP, "Nothing", "", "removed"),
    version: "".into(),
    presence: Presence::Unknown,
    status: "".into(),
    caption: "".into(),
    note: None,
    health: Health::Unknown,
    app: None,
    labels: Labels::default(),
    controller: None,
    ready: None,
});

impl Graph {
    /// A graph without nodes, whose edges will be named by these rules.
    pub fn empty(rules: Arc<RuleBook>) -> Self {
        Self {
            revision: 0,
            slots: imbl::Vector::new(),
            by_key: imbl::OrdMap::new(),
            edges: 0,
            left_out: imbl::OrdMap::new(),
            coverage: Arc::default(),
            rules,
        }
    }

    /// Grows by one with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Nodes, those that are missing, unknown or external included.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// Edges, without those of objects that are as they were when the account might still list them.
    pub fn edge_count(&self) -> usize {
        if self.coverage.kinds.iter().all(|row| row.withheld == 0) {
            return self.edges;
        }
        let withheld = |id: &NodeId| self.node(*id).presence == Presence::Withheld;
        // One between two of them is met at both.
        let of = |id: NodeId| self.touching(id).filter(move |edge| edge.from == id || !withheld(&edge.from)).count();
        let old: usize = self.nodes().map(|(id, _)| id).filter(withheld).map(of).sum();
        self.edges - old
    }

    /// One more than the greatest [`NodeId::index`]: the size of a table over nodes.
    pub fn capacity(&self) -> usize {
        self.slots.len()
    }

    /// The node of a key.
    pub fn id(&self, key: &ResourceKey) -> Option<NodeId> {
        self.by_key.get(key).copied()
    }

    /// A node. An id that was removed gives an empty node of unknown health.
    pub fn node(&self, id: NodeId) -> &Node {
        self.slot(id).map_or(&NOWHERE, |slot| &slot.node)
    }

    /// Every node, ordered by key.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.by_key.values().map(|id| (*id, self.node(*id)))
    }

    /// Edges that start here, in an order that depends on the graph alone.
    pub fn outgoing(&self, id: NodeId) -> impl Iterator<Item = &Edge> {
        self.touching(id).filter(move |edge| edge.from == id)
    }

    /// Edges that point here, in an order that depends on the graph alone.
    pub fn incoming(&self, id: NodeId) -> impl Iterator<Item = &Edge> {
        self.touching(id).filter(move |edge| edge.to == id)
    }

    /// Edges that start or end here, in an order that depends on the graph alone.
    pub fn touching(&self, id: NodeId) -> impl Iterator<Item = &Edge> {
        let slot = self.slot(id);
        let declared = slot.map(|slot| slot.declared.iter()).into_iter().flatten();
        let others = slot.map(|slot| slot.others.iter()).into_iter().flatten();
        let key = slot.map_or(&NOWHERE.key, |slot| &slot.node.key);
        declared.chain(others.flat_map(move |other| self.declared_towards(other, id, key)))
    }

    /// What is in the graph, and what is missing from it.
    pub fn coverage(&self) -> &Coverage {
        &self.coverage
    }

    /// The rules that its edges are named by.
    pub fn rules(&self) -> &Arc<RuleBook> {
        &self.rules
    }

    /// The rule that found an edge.
    pub fn rule(&self, edge: &Edge) -> &Rule {
        self.rules.rule(edge.relation)
    }

    /// The id of the rule that found an edge, as the canonical JSON has it.
    pub fn relation(&self, edge: &Edge) -> &str {
        &self.rule(edge).id
    }

    pub(crate) fn slot(&self, id: NodeId) -> Option<&Arc<Slot>> {
        self.slots.get(id.index()).and_then(Option::as_ref).filter(|slot| slot.since == id.since)
    }

    /// The node that has a place, if one has.
    pub(crate) fn id_at(&self, index: usize) -> Option<NodeId> {
        let slot = self.slots.get(index)?.as_ref()?;
        Some(NodeId::new(index, slot.since))
    }

    /// The edges that `other` declares and that touch the node `id` with this key.
    fn declared_towards<'a>(
        &'a self,
        other: NodeId,
        id: NodeId,
        key: &'a ResourceKey,
    ) -> impl Iterator<Item = &'a Edge> {
        let declared = self.slot(other).map_or(&[][..], |slot| &slot.declared);
        let far = move |edge: &Edge| if edge.from == other { edge.to } else { edge.from };
        // Lists are ordered by the key of the far end, and long ones (an EndpointSlice, an Argo CD application) are
        // read once per neighbour: searching keeps that from being quadratic.
        let start =
            if declared.len() <= 16 { 0 } else { declared.partition_point(|edge| self.node(far(edge)).key < *key) };
        let tail = declared.get(start..).unwrap_or_default();
        let searched = declared.len() > 16;
        tail.iter().take_while(move |edge| !searched || far(edge) == id).filter(move |edge| far(edge) == id)
    }
}

/// What one step changed, by key: what a drawing must look at again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GraphDelta {
    /// The graph's revision after the step.
    pub revision: u64,
    /// The graph was empty before: everything is added, and edges are not listed one by one.
    pub rebuilt: bool,
    /// Nodes that were not there, ordered.
    pub added: Vec<ResourceKey>,
    /// Nodes whose attributes changed, ordered.
    pub changed: Vec<ResourceKey>,
    /// Nodes that are gone, ordered.
    pub removed: Vec<ResourceKey>,
    /// Edges that came, went or changed, ordered.
    pub edges: Vec<EdgeTouch>,
}

impl GraphDelta {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty() && self.edges.is_empty()
    }
}

/// An edge that came, went or changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EdgeTouch {
    /// Where it starts.
    pub from: ResourceKey,
    /// Where it points.
    pub to: ResourceKey,
    /// The rule that found it.
    pub relation: RelationId,
}
