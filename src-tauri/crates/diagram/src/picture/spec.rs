//! What is to be drawn, before anything has a place: contents of frames, blocks of applications, cards.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use model::{EdgeState, Health, RelationClass, ResourceKey};
use rustc_hash::FxHashMap;
use topology::{Node, NodeId, Presence};

use crate::scene::{CardLook, Counts};

/// A namespace or a lane.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    pub(super) id: Arc<str>,
    pub(super) title: Arc<str>,
    pub(super) subtitle: Arc<str>,
    pub(super) counts: Counts,
    pub(super) badges: Vec<Pill>,
    pub(super) is_lane: bool,
    pub(super) blocks: Vec<Arc<BlockSpec>>,
    /// The card that draws a node, or that it is folded into.
    pub(super) seats: FxHashMap<NodeId, Seat>,
    /// Edges that leave their block, to be drawn if their target is.
    pub(super) outward: Vec<Outward>,
    /// Objects outside the namespace that its cards may have to say something of: what may lie behind their trouble.
    pub(super) leans_on: BTreeSet<ResourceKey>,
}

/// A card by block and place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Seat {
    pub(super) block: usize,
    pub(super) card: usize,
}

/// An edge towards another block.
#[derive(Clone, Debug)]
pub(super) struct Outward {
    pub(super) from: Seat,
    pub(super) to: NodeId,
    pub(super) class: RelationClass,
    pub(super) state: EdgeState,
    pub(super) inferred: bool,
    pub(super) labels: Vec<Arc<str>>,
}

/// An application's block.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BlockSpec {
    pub(super) id: Arc<str>,
    pub(super) title: Arc<str>,
    pub(super) subtitle: Arc<str>,
    pub(super) counts: Counts,
    pub(super) cards: Vec<CardSpec>,
    pub(super) edges: Vec<EdgeSpec>,
    pub(super) group: Arc<layout::Group>,
}

/// A card without a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CardSpec {
    pub(super) key: ResourceKey,
    pub(super) look: CardLook,
    pub(super) name: Arc<str>,
    pub(super) caption: Arc<str>,
    pub(super) health: Health,
    pub(super) status: Arc<str>,
    pub(super) pods: Vec<(ResourceKey, Health)>,
    pub(super) tallies: Vec<(Health, u32)>,
    pub(super) badges: Vec<Pill>,
    pub(super) note: Option<Arc<str>>,
    /// CPU and memory in use.
    pub(super) meters: Option<(f32, f32)>,
    pub(super) folded: u32,
    /// No part in what the lens shows.
    pub(super) aside: bool,
    pub(super) column: u8,
}

impl CardSpec {
    /// A card with a name and nothing else on it yet.
    pub(super) fn bare(key: ResourceKey, look: CardLook, column: u8) -> Self {
        Self {
            name: shown(&key.name().replace("%2F", "/").into()),
            key,
            look,
            caption: "".into(),
            health: Health::Neutral,
            status: "".into(),
            pods: Vec::new(),
            tallies: Vec::new(),
            badges: Vec::new(),
            note: None,
            meters: None,
            folded: 0,
            aside: false,
            column,
        }
    }

    /// The card of a node: what it says without what lies in it and hangs on it.
    pub(super) fn of(node: &Node, column: u8) -> Self {
        let look = look(node.presence);
        let caption: Arc<str> = match look {
            CardLook::Missing => "not in this cluster".into(),
            CardLook::Unknown => "not visible here".into(),
            _ if !node.caption.is_empty() => Arc::clone(&node.caption),
            _ if !node.status.is_empty() => Arc::clone(&node.status),
            _ => node.key.kind().into(),
        };
        let (status, caption) = (shown(&node.status), shown(&caption));
        Self { caption, health: node.health, status, ..Self::bare(node.key.clone(), look, column) }
    }
}

/// A badge without a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pill {
    pub(super) text: Arc<str>,
    pub(super) key: Option<ResourceKey>,
}

impl Pill {
    pub(super) fn new(text: impl Into<Arc<str>>, key: Option<ResourceKey>) -> Self {
        Self { text: shown(&text.into()), key }
    }
}

/// A text of the cluster as the picture shows it, with nothing in it that hides or turns it.
pub(super) fn shown(text: &Arc<str>) -> Arc<str> {
    match model::legible(text) {
        Cow::Borrowed(_) => Arc::clone(text),
        Cow::Owned(text) => text.into(),
    }
}

/// A line between two cards of a block.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EdgeSpec {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) class: RelationClass,
    pub(super) state: EdgeState,
    pub(super) inferred: bool,
    pub(super) count: u32,
    pub(super) label: Option<Arc<str>>,
    /// All labels, whole.
    pub(super) words: Option<Arc<str>>,
    /// Drawn against the reference, because what it says flows the other way.
    pub(super) is_turned: bool,
}

/// How a card looks whose object was seen, or not.
fn look(presence: Presence) -> CardLook {
    match presence {
        Presence::Present => CardLook::Object,
        Presence::Missing => CardLook::Missing,
        Presence::Unknown | Presence::Withheld => CardLook::Unknown,
        Presence::External => CardLook::External,
    }
}
