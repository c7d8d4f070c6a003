//! A namespace on its way to the picture: its cards and lines, before they are divided into blocks.

use std::sync::Arc;

use model::{EdgeState, RelationClass};
use rustc_hash::FxHashMap;
use topology::NodeId;

use super::spec::{CardSpec, Outward};
use crate::scene::Counts;

/// A card with the nodes it stands for.
pub(super) struct Draft {
    pub(super) spec: CardSpec,
    /// The node that is the card; none for a fold.
    pub(super) node: Option<NodeId>,
    /// The application named by labels or neighbours.
    pub(super) app: Option<Arc<str>>,
    /// How much an application wants to be named after it.
    pub(super) weight: u8,
    /// The nodes it stands for, pods included.
    pub(super) counts: Counts,
    /// A card it must stand by: a ghost by what refers to it.
    pub(super) by: Option<NodeId>,
}

/// An edge to a node of another frame.
pub(super) struct Away {
    pub(super) from: usize,
    pub(super) outward: Outward,
}

/// Everything of a namespace before it is divided into blocks.
#[derive(Default)]
pub(super) struct Drafts {
    pub(super) cards: Vec<Draft>,
    pub(super) card_of: FxHashMap<NodeId, usize>,
    pub(super) lines: Vec<Line>,
    pub(super) away: Vec<Away>,
}

/// An edge between two cards of the namespace, made of one or more edges of the graph.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) class: RelationClass,
    pub(super) state: EdgeState,
    pub(super) inferred: bool,
    pub(super) count: u32,
    pub(super) labels: Vec<Arc<str>>,
    pub(super) is_turned: bool,
}

impl Line {
    /// A line that stands for no edge of the graph, or for one whose ends were folded.
    pub(super) fn plain(from: usize, to: usize, class: RelationClass, count: u32) -> Self {
        let state = EdgeState::Resolved;
        Self { from, to, class, state, inferred: false, count, labels: Vec::new(), is_turned: false }
    }
}
