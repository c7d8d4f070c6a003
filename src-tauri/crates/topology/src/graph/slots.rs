//! How nodes and edges lie in memory.

use std::sync::Arc;

use model::ResourceKey;

use super::{Edge, Node, NodeId, Since};

/// A node with the edges it declares and the nodes whose edges touch it.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    /// Of the node's id.
    pub(crate) since: Since,
    pub(crate) node: Node,
    /// Ordered by the key of the far end, then by relation.
    pub(crate) declared: Arc<[Edge]>,
    pub(crate) others: Others,
}

/// The nodes that declare an edge to a node, ordered by key. Hubs (a namespace, a worker node) have tens of thousands
/// and must not be copied whole for every new neighbour; most nodes have three, for which an id each is enough.
#[derive(Clone, Debug)]
pub(crate) enum Others {
    Few(Vec<NodeId>),
    Many(imbl::OrdMap<ResourceKey, NodeId>),
}

/// A list of this length is two kilobytes: as cheap to copy as the path to a leaf of the map.
const FEW: usize = 256;

impl Default for Others {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Others {
    /// From nodes in the order of their keys.
    pub(crate) fn from_ordered(ids: &[NodeId], keys: &[Option<ResourceKey>]) -> Self {
        if ids.len() <= FEW {
            return Self::Few(ids.to_vec());
        }
        Self::Many(ids.iter().filter_map(|id| Some((keys.get(id.index())?.clone()?, *id))).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Few(list) => list.is_empty(),
            Self::Many(map) => map.is_empty(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = NodeId> {
        let (few, many) = match self {
            Self::Few(list) => (Some(list), None),
            Self::Many(map) => (None, Some(map)),
        };
        let few = few.into_iter().flatten().copied();
        few.chain(many.into_iter().flat_map(|map| map.values().copied()))
    }

    /// Adds a node whose key is in the table, as those of all members are.
    pub(crate) fn insert(&mut self, id: NodeId, keys: &[Option<ResourceKey>]) {
        let key = |id: NodeId| keys.get(id.index()).and_then(Option::as_ref);
        match self {
            Self::Few(list) => match list.binary_search_by(|other| key(*other).cmp(&key(id))) {
                Ok(_) => {}
                Err(at) if list.len() < FEW => list.insert(at, id),
                Err(at) => {
                    list.insert(at, id);
                    *self = Self::from_ordered(list, keys);
                }
            },
            Self::Many(map) => {
                if let Some(key) = key(id) {
                    map.insert(key.clone(), id);
                }
            }
        }
    }

    pub(crate) fn remove(&mut self, id: NodeId, key: &ResourceKey) {
        match self {
            Self::Few(list) => {
                if let Some(at) = list.iter().position(|other| *other == id) {
                    list.remove(at);
                }
            }
            Self::Many(map) => {
                map.remove(key);
                // Half the limit, so that a hub at the limit does not change form with every pod that comes and goes.
                if map.len() < FEW / 2 {
                    *self = Self::Few(map.values().copied().collect());
                }
            }
        }
    }
}
