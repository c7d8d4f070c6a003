//! Who sits where: the card that draws an object, and the objects that a card stands for.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::ResourceKey;
use topology::NodeId;

use super::spec::{Content, Seat};

/// A card by key and name, with the objects inside and the words of its badges.
pub(crate) type Inside<'a> = ((&'a ResourceKey, &'a str), Vec<NodeId>, Vec<&'a str>);

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

    /// Every card of several objects or with badges, in reading order: its key and name, the objects that it stands for,
    /// and the words of its badges, those too that are only counted on it.
    pub(crate) fn inside(&self) -> Vec<Inside<'_>> {
        let mut inside = Vec::new();
        for content in &self.0 {
            let mut seated: Vec<(Seat, NodeId)> = content.seats.iter().map(|(node, seat)| (*seat, *node)).collect();
            seated.sort_unstable();
            let same = seated.chunk_by(|one, other| one.0 == other.0);
            let at = |same: &[(Seat, NodeId)]| Some((same.first()?.0, same.iter().map(|(_, node)| *node).collect()));
            let mut nodes: BTreeMap<Seat, Vec<NodeId>> = same.filter_map(at).collect();
            for (block, spec) in content.blocks.iter().enumerate() {
                for (card, spec) in spec.cards.iter().enumerate() {
                    let nodes = nodes.remove(&Seat { block, card }).unwrap_or_default();
                    let badges: Vec<&str> = spec.badges.iter().map(|pill| &*pill.text).collect();
                    if nodes.len() > 1 || !badges.is_empty() {
                        inside.push(((&spec.key, &*spec.name), nodes, badges));
                    }
                }
            }
        }
        inside
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
