//! The display list: frames, blocks, cards, links, with every coordinate decided and every text fitted.
//!
//! Units are CSS pixels at scale 1, y down, origin at the top left of the whole picture. Cards and links of a
//! [`Block`] are relative to the block's own top left, so that moving a block changes nothing inside it: a block is
//! the unit of layout cache, of comparison and of transfer to the screen.
//!
//! The scene holds meaning (health, class, kind of card), not colours or strokes: those belong to a theme.

use std::sync::Arc;

use model::{EdgeState, Health, RelationClass, ResourceKey};
use serde::{Deserialize, Serialize};

pub use crate::picture::Seats;

/// A point in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// An axis-parallel rectangle in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// How many objects are in each state; what frames and the title show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Objects in all, those folded away included; ghosts are not objects.
    pub objects: u32,
    /// Per [`Health`], in the order of [`Health::ALL`]; `Missing` counts ghosts.
    pub by_health: [u32; 8],
}

/// The whole picture.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Revision of the graph it was made from.
    pub revision: u64,
    /// The name of the cluster or source.
    pub title: Arc<str>,
    /// "4 namespaces · 163 objects · 412 relations".
    pub subtitle: Arc<str>,
    /// Extent of everything below the title, legend excluded; writers add title and legend around it.
    pub bounds: Rect,
    /// Counts over the whole picture.
    pub counts: Counts,
    /// Namespaces and cluster-wide lanes, in reading order.
    pub frames: Vec<Frame>,
    /// Applications, in reading order.
    pub blocks: Vec<PlacedBlock>,
    /// Links between blocks, in absolute coordinates.
    pub links: Vec<Link>,
    /// What the picture does not show: "Secrets: forbidden in 2 namespaces". Empty where all is there.
    pub gaps: Vec<Arc<str>>,
    /// Which card draws which object, those folded away included.
    pub seats: Seats,
}

/// A namespace, or a lane of cluster-wide objects (nodes, storage, roles).
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Stable id: `ns:shop`, `lane:nodes`.
    pub id: Arc<str>,
    /// Absolute.
    pub rect: Rect,
    /// Its name.
    pub title: Arc<str>,
    /// "74 objects", "5 objects · cluster-wide".
    pub subtitle: Arc<str>,
    /// Counts inside.
    pub counts: Counts,
    /// Small marks after the subtitle: "quota", "pod-security: restricted".
    pub badges: Vec<Badge>,
}

/// A block and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedBlock {
    /// Absolute top left.
    pub origin: Point,
    /// The block.
    pub block: Arc<Block>,
}

/// An application group with its cards and the links among them.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Stable id: `app:shop/storefront`.
    pub id: Arc<str>,
    /// The frame it stands in.
    pub frame: Arc<str>,
    /// Width and height are the block's; x and y are zero.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// The application's name; empty for a block that draws no border of its own (a lane's only block).
    pub title: Arc<str>,
    /// "9 objects".
    pub subtitle: Arc<str>,
    /// Counts inside.
    pub counts: Counts,
    /// Cards, in reading order.
    pub cards: Vec<Card>,
    /// Links whose both ends are here, relative to the block.
    pub links: Vec<Link>,
}

/// What a card stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CardLook {
    /// An object.
    Object,
    /// Referenced, listed, not there: dashed, in the colour of failure.
    Missing,
    /// Referenced, cannot be seen: dashed grey with a question mark.
    Unknown,
    /// Something outside the cluster: a host, an address, a user.
    External,
    /// Many objects of one kind folded into one card.
    Fold,
}

/// One card.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The object; for a fold the key of its kind and namespace with name `*` or `*owner`.
    pub key: ResourceKey,
    /// Relative to the block.
    pub rect: Rect,
    /// What it stands for.
    pub look: CardLook,
    /// Name as drawn, shortened in the middle where it does not fit.
    pub name: Arc<str>,
    /// The whole name; equal to `name` where nothing was cut.
    pub full_name: Arc<str>,
    /// Second line, what matters about it ("4 of 4 ready"), shortened where it does not fit.
    pub caption: Arc<str>,
    /// The whole second line; equal to `caption` where nothing was cut.
    pub full_caption: Arc<str>,
    /// Its state.
    pub health: Health,
    /// kubectl's word for its state.
    pub status: Arc<str>,
    /// Pods inside the card, one square each, in the order of their names.
    pub pods: Vec<PodMark>,
    /// Pods by state where there are too many for squares.
    pub tallies: Vec<Tally>,
    /// Small labels on the lower edge: shared ServiceAccount, default-deny, budget.
    pub badges: Vec<Badge>,
    /// A word of trouble under the card ("CreateContainerConfigError"), with its box.
    pub note: Option<Label>,
    /// Bars (a node's use of CPU and memory), top to bottom.
    pub meters: Vec<Meter>,
    /// How many further objects are folded into this card (ReplicaSets, EndpointSlices, finished Jobs).
    pub folded: u32,
    /// It has no part in what the lens shows, and stands back.
    pub aside: bool,
}

/// A pod as a square.
#[derive(Clone, Debug, PartialEq)]
pub struct PodMark {
    /// The pod.
    pub key: ResourceKey,
    /// Relative to the block.
    pub rect: Rect,
    /// Its state.
    pub health: Health,
}

/// "37 ●" inside a card.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Relative to the block.
    pub rect: Rect,
    /// The state counted.
    pub health: Health,
    /// How many.
    pub count: u32,
}

/// A pill with a word.
#[derive(Clone, Debug, PartialEq)]
pub struct Badge {
    /// Relative to the block (absolute on a frame).
    pub rect: Rect,
    /// The word, fitted.
    pub text: Arc<str>,
    /// The shared object it stands for, if it is one.
    pub key: Option<ResourceKey>,
}

/// A bar with a word and a share.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// Relative to the block.
    pub rect: Rect,
    /// "cpu", "memory".
    pub label: Arc<str>,
    /// From 0 to 1; may exceed 1 for overcommitment.
    pub share: f32,
    /// Colour it as degraded.
    pub high: bool,
}

/// A text with its box.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Box of the text: baseline is 0.78 of its height below its top.
    pub rect: Rect,
    /// The text, fitted.
    pub text: Arc<str>,
    /// The whole text; equal to `text` where nothing was cut.
    pub full: Arc<str>,
}

/// One drawn line: one edge of the graph, or several between the same two cards or blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The card (or block id, for aggregates between blocks) it leaves.
    pub from: LinkEnd,
    /// The card (or block id) it arrives at.
    pub to: LinkEnd,
    /// Class of the strongest edge in it.
    pub class: RelationClass,
    /// Missing where any edge in it is broken; unknown where the far end cannot be seen.
    pub state: EdgeState,
    /// An inferred relation (row 75, generic references).
    pub inferred: bool,
    /// How many edges it stands for.
    pub count: u32,
    /// Corners of the orthogonal route, at least two, in order; corners are rounded when drawn; the arrow is at the last.
    pub points: Vec<Point>,
    /// Port, host and path, mount name; fitted and free of cards.
    pub label: Option<Label>,
    /// All that could stand on the line, whole, for formats that have the room.
    pub words: Option<Arc<str>>,
}

/// An end of a link.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkEnd {
    /// A card.
    Card(ResourceKey),
    /// A block, by id.
    Block(Arc<str>),
}

impl Counts {
    /// Adds one object.
    pub fn add(&mut self, health: Health) {
        if health != Health::Missing {
            self.objects += 1;
        }
        if let Some(at) = Health::ALL.iter().position(|each| *each == health) {
            self.by_health[at] += 1;
        }
    }

    /// Adds another count.
    pub fn merge(&mut self, other: &Self) {
        self.objects += other.objects;
        for (mine, theirs) in self.by_health.iter_mut().zip(other.by_health) {
            *mine += theirs;
        }
    }

    /// How many are in this state.
    pub fn of(&self, health: Health) -> u32 {
        Health::ALL.iter().zip(self.by_health).find(|(each, _)| **each == health).map_or(0, |(_, count)| count)
    }
}

impl Rect {
    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }
}
