//! Sets of nodes that a step has still to look at.

use crate::graph::NodeId;

/// A set of nodes that remembers its members. It is kept from step to step, because its table has an entry for every
/// node of the graph and a step usually marks a handful.
#[derive(Debug, Default)]
pub(super) struct Marks {
    list: Vec<NodeId>,
    set: Vec<bool>,
}

impl Marks {
    pub(super) fn add(&mut self, id: NodeId) {
        let at = id.index();
        if at >= self.set.len() {
            // Doubled, so that a graph that grows does not move the table with every node.
            self.set.resize((at + 1).max(self.set.len() * 2), false);
        }
        if let Some(marked) = self.set.get_mut(at)
            && !*marked
        {
            *marked = true;
            self.list.push(id);
        }
    }

    /// The members, ordered; the set is empty afterwards.
    pub(super) fn take(&mut self) -> Vec<NodeId> {
        let mut list = std::mem::take(&mut self.list);
        list.sort_unstable();
        for id in &list {
            if let Some(marked) = self.set.get_mut(id.index()) {
                *marked = false;
            }
        }
        list
    }
}
