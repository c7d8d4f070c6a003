//! Relations that are there and are not held as edges, because too many of a kind meet at one object.

use model::GroupKind;

use super::{Graph, NodeId, RelationId};

/// What one node would declare beside its edges.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct LeftOut {
    pub(crate) count: u32,
    /// The far ends that have nodes, with the relation.
    pub(crate) far: Vec<(NodeId, RelationId)>,
}

impl LeftOut {
    pub(crate) fn add(&mut self, far: Option<(NodeId, RelationId)>) {
        self.count = self.count.saturating_add(1);
        self.far.extend(far);
    }
}

impl Graph {
    /// How many relations of a node are not held as edges: those past the first few hundred of one kind that selectors
    /// or names elsewhere give it.
    pub fn left_out(&self, id: NodeId) -> u32 {
        self.left_out.get(&id).map_or(0, |left_out| left_out.count)
    }

    /// Whether relations are left out, and how many, in a sentence.
    pub fn left_out_note(&self) -> Option<String> {
        let count: u64 = self.left_out.values().map(|left_out| u64::from(left_out.count)).sum();
        (count > 0).then(|| {
            let objects = self.left_out.len();
            format!(
                "{count} relations of {objects} objects are left out: more than {} of one kind meet at each of them",
                crate::engine::MOST
            )
        })
    }

    /// How many relations of objects of a kind are left out.
    pub(crate) fn left_out_of(&self, kind: &GroupKind) -> u64 {
        let of_kind = self.left_out.iter().filter(|(id, _)| self.node(**id).key.is(&kind.group, &kind.kind));
        of_kind.map(|(_, left_out)| u64::from(left_out.count)).sum()
    }
}
