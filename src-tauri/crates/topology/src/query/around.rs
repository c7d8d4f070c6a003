//! What a person sees around an object, to be compared: whether anything of it changed.

use std::fmt;
use std::sync::Arc;

use super::far_end;
use crate::graph::{Graph, NodeId, Slot};

/// A node, the edges that touch it and their far ends, as they are in one graph. It is equal to that of a later graph for as
/// long as none of them changed; it may differ where what changed came out the same.
#[derive(Clone)]
pub struct Around(Vec<Arc<Slot>>);

impl PartialEq for Around {
    fn eq(&self, other: &Self) -> bool {
        // A graph writes a node anew where it changes, and never while somebody holds it.
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(one, other)| Arc::ptr_eq(one, other))
    }
}

impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|slot| &slot.node.key)).finish()
    }
}

impl Graph {
    /// What is around a node; nothing where it is gone.
    pub fn around(&self, id: NodeId) -> Around {
        let far = self.touching(id).map(|edge| far_end(edge, id));
        let mut nodes: Vec<NodeId> = std::iter::once(id).chain(far).collect();
        nodes.sort_unstable();
        nodes.dedup();
        Around(nodes.into_iter().filter_map(|id| self.slot(id).cloned()).collect())
    }
}
