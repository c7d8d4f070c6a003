//! Who sits where: the card that draws an object, and the objects that a card stands for.

use std::sync::Arc;

use model::ResourceKey;
use topology::NodeId;

use super::spec::{Content, Seat};

/// The seats of a picture. The ids are those of the graph that it was drawn from.
#[derive(Clone, Debug, Default)]
pub struct Seats(Vec<Arc<Content>>);

impl Seats {
    pub(super) fn new(contents: Vec<Arc<Content>>) -> Self {
        Self(contents)
    }

    /// The card that draws an object, or that it is folded into; none for what is a badge, a frame or not shown.
    pub fn card(&self, node: NodeId) -> Option<&ResourceKey> {
        self.0.iter().find_map(|content| {
            let seat = content.seats.get(&node)?;
            Some(&content.blocks.get(seat.block)?.cards.get(seat.card)?.key)
        })
    }

    /// Every object with the card that draws it or that it is folded into.
    pub(crate) fn each(&self) -> impl Iterator<Item = (NodeId, &ResourceKey)> {
        self.0.iter().flat_map(|content| {
            content
                .seats
                .iter()
                .filter_map(|(node, seat)| Some((*node, &content.blocks.get(seat.block)?.cards.get(seat.card)?.key)))
        })
    }

    /// The objects that a card stands for, itself included, ordered; empty where no card has this key.
    pub fn of(&self, card: &ResourceKey) -> Vec<NodeId> {
        let seat = |content: &Content| {
            content.blocks.iter().enumerate().find_map(|(block, spec)| {
                let card = spec.cards.iter().position(|each| each.key == *card)?;
                Some(Seat { block, card })
            })
        };
        let found = self.0.iter().find_map(|content| Some((content, seat(content)?)));
        let Some((content, at)) = found else { return Vec::new() };
        let mut nodes: Vec<NodeId> =
            content.seats.iter().filter(|(_, seat)| **seat == at).map(|(node, _)| *node).collect();
        nodes.sort_unstable();
        nodes
    }
}
