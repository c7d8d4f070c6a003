//! How nodes and edges lie in memory.

use std::sync::Arc;

use model::ResourceKey;

use super::{Edge, Node, NodeId};

/// A node with the edges it declares and the nodes whose edges touch it.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) node: Node,
    /// Ordered by the key of the far end, then by relation.
    pub(crate) declared: Arc<[Edge]>,
    pub(crate) others: Others,
}

impl Slot {
    pub(crate) fn new(node: Node) -> Self {
        Self { node, declared: Arc::default(), others: Others::default() }
    }
}

/// The nodes that declare an edge to a node, ordered by key. Hubs (a namespace, a worker node) have tens of thousands
/// and must not be copied whole for every new neighbour; most nodes have three.
#[derive(Clone, Debug)]
pub(crate) enum Others {
    Few(Vec<(ResourceKey, NodeId)>),
    Many(imbl::OrdMap<ResourceKey, NodeId>),
}

const FEW: usize = 48;

impl Default for Others {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Others {
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
        let few = few.into_iter().flatten().map(|(_, id)| *id);
        few.chain(many.into_iter().flat_map(|map| map.values().copied()))
    }

    pub(crate) fn insert(&mut self, key: &ResourceKey, id: NodeId) {
        match self {
            Self::Few(list) => match list.binary_search_by(|(other, _)| other.cmp(key)) {
                Ok(at) => {
                    if let Some(entry) = list.get_mut(at) {
                        entry.1 = id;
                    }
                }
                Err(at) if list.len() < FEW => list.insert(at, (key.clone(), id)),
                Err(_) => {
                    let mut map: imbl::OrdMap<_, _> = list.drain(..).collect();
                    map.insert(key.clone(), id);
                    *self = Self::Many(map);
                }
            },
            Self::Many(map) => {
                map.insert(key.clone(), id);
            }
        }
    }

    pub(crate) fn remove(&mut self, key: &ResourceKey) {
        match self {
            Self::Few(list) => {
                if let Ok(at) = list.binary_search_by(|(other, _)| other.cmp(key)) {
                    list.remove(at);
                }
            }
            Self::Many(map) => {
                map.remove(key);
                // Half the limit, so that a hub at the limit does not change form with every pod that comes and goes.
                if map.len() < FEW / 2 {
                    *self = Self::Few(map.iter().map(|(key, id)| (key.clone(), *id)).collect());
                }
            }
        }
    }
}
