//! From the graph to the scene: what is drawn, what is folded, where it belongs, and where it stands.
//!
//! Containment comes before lines: namespaces are frames, applications are blocks, workloads are cards, pods are
//! squares in them. Every object is drawn or folded into a card, a badge or a frame; nothing is dropped.
//! The work is per namespace and per block, so that a change costs what it touches.

mod applications;
mod assemble;
mod block;
mod blocks;
mod cards;
mod company;
mod content;
mod drafts;
mod folds;
mod hosts;
mod kinds;
mod lanes;
mod lines;
mod links;
mod plan;
mod seats;
mod spec;
mod subject;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{Health, ResourceKey};
use rustc_hash::{FxHashMap, FxHashSet};
pub use topology::Lens;
use topology::{Graph, GraphDelta, NodeId};

pub use assemble::State;
pub use kinds::plural;
pub use seats::Seats;
pub(crate) use view::{is_hub, is_noise};

use self::view::View;
use crate::scene::Scene;

/// What the picture shows and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The name of the cluster or source.
    pub title: Arc<str>,
    /// Which relations are drawn.
    pub lens: Lens,
    /// Namespaces shown; empty means all.
    pub namespaces: Vec<Arc<str>>,
    /// Kinds shown, as `group/Kind` with `core` for the core group; empty means all.
    pub kinds: Vec<Arc<str>>,
    /// States shown; empty means all.
    pub health: Vec<Health>,
    /// Only these objects, with what they lie in; none means all. The result of a selector.
    pub only: Option<FxHashSet<ResourceKey>>,
    /// Only what is wrong, with its direct evidence.
    pub problems_only: bool,
    /// Only what is within so many steps of this object.
    pub focus: Option<(ResourceKey, u32)>,
    /// Cards whose folded content is drawn as cards.
    pub expanded: FxHashSet<ResourceKey>,
    /// Nothing is folded.
    pub expand_all: bool,
    /// Width to height of the whole.
    pub aspect: (u32, u32),
    /// Share of CPU and memory in use per node name, where metrics are known.
    pub node_use: FxHashMap<Arc<str>, (f32, f32)>,
    /// What the picture does not show, in sentences.
    pub gaps: Vec<Arc<str>>,
}

impl Options {
    /// Whether everything is shown in the manner of the map, and nothing opened.
    fn is_plain(&self) -> bool {
        self.lens == Lens::All && self.expanded.is_empty() && !self.narrows()
    }

    /// Whether there is something that these options do not show.
    fn narrows(&self) -> bool {
        let lists = [self.namespaces.len(), self.kinds.len(), self.health.len()];
        lists != [0; 3] || self.only.is_some() || self.problems_only || self.focus.is_some()
    }

    /// The plain picture in whose places these options draw; none where they are plain, or show what is near something,
    /// wherever it stands.
    fn plain(&self) -> Option<Self> {
        if self.is_plain() || self.focus.is_some() {
            return None;
        }
        let Self { title, expand_all, aspect, node_use, gaps, .. } = self.clone();
        Some(Self { title, expand_all, aspect, node_use, gaps, ..Self::default() })
    }

    /// Whether these are the options of the plain picture for others.
    fn is_plain_of(&self, others: &Self) -> bool {
        self.is_plain() && self.expand_all == others.expand_all && self.aspect == others.aspect
    }

    /// Whether both show the same in the same way, whatever is said beside it.
    fn is_like(&self, other: &Self) -> bool {
        let Self { title, node_use, gaps, .. } = self.clone();
        *self == Self { title, node_use, gaps, ..other.clone() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            title: "".into(),
            lens: Lens::All,
            namespaces: Vec::new(),
            kinds: Vec::new(),
            health: Vec::new(),
            only: None,
            problems_only: false,
            focus: None,
            expanded: FxHashSet::default(),
            expand_all: false,
            aspect: (16, 10),
            node_use: FxHashMap::default(),
            gaps: Vec::new(),
        }
    }
}

/// A scene and what the next one is made from.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What to draw.
    pub scene: Scene,
    /// Give it back with the next graph.
    pub state: State,
}

/// Draws the graph.
pub fn build(graph: &Graph, options: &Options) -> Picture {
    assemble::alone(graph, options)
}

/// The nodes that a picture with these options shows, on cards of their own or folded.
pub fn shown(graph: &Graph, options: &Options) -> BTreeSet<NodeId> {
    let view = View::new(graph, options);
    graph.nodes().map(|(id, _)| id).filter(|id| view.shows(*id)).collect()
}

/// Draws the graph after a change: what the change did not touch is neither looked at again nor moved.
/// `delta` is all that changed since `previous` was made.
pub fn rebuild(graph: &Graph, options: &Options, previous: &State, delta: &GraphDelta) -> Picture {
    assemble::after(graph, options, previous, Some(delta))
}

/// Draws the graph for somebody who goes from view to view: whatever is filtered away or opened, everything stands where
/// the picture of the whole has it, and comes back there. `previous` is what was shown before, in whatever view; the
/// default where nothing was.
pub fn redraw(graph: &Graph, options: &Options, previous: &State) -> Picture {
    assemble::after(graph, options, previous, None)
}
