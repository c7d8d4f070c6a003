//! The living map on the wire.
//!
//! A picture is sent as numbered binary messages: a little-endian `u32` with the length of the JSON header, the header
//! ([`PictureHeader`]) padded with spaces to a multiple of four bytes, then little-endian `f32` geometry. The reader takes
//! numbers from the geometry in the order in which things stand in the header:
//!
//! 1. the bounds: `x y width height`;
//! 2. per entry of `frames`: `x y width height`, then per badge `x y width height`;
//! 3. per entry of `blocks`: `x y width height` (absolute origin), then per card that is sent `x y width height`, per pod
//!    of that card `x y` (12 × 12), per tally, badge, note, meter `x y width height`; after these cards, per link that is
//!    sent of the block: its label (if any) `x y width height`, then its points `x y`, `corners` of them; all relative to
//!    the block's origin;
//! 4. per entry of `moved`: `x y` (the block's new absolute origin);
//! 5. per entry of `links`: as a block's links, absolute.
//!
//! The lists of a picture (its frames, its links between blocks, the cards and links of a block) are sent as what differs
//! from the list that the reader holds: see [`WireSplice`]. After the entries that are sent of a list, the geometry says
//! how far each run of entries went that only moved: `x y`. What is empty, zero or false of a card or a link is left out.

use diagram::scene::CardLook;
use model::{EdgeState, Health, RelationClass};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use topology::Lens;
use ts_rs::TS;

/// The stream `picture`. A [`View`] sent to it turns it to that view: another picture begins, in which keeps its place
/// what the last one shows too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[ts(optional_fields = nullable)]
#[serde(rename_all = "camelCase")]
pub struct PictureRequest {
    /// The open cluster.
    pub cluster: String,
    /// What to show.
    pub view: View,
    /// Number of the last message received: after a lost connection what was missed follows, and in another view what both
    /// show stays in its place.
    #[ts(type = "number | null")]
    pub resume: Option<u64>,
}

/// What the map shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct View {
    /// Which relations are drawn.
    pub lens: Lens,
    /// Namespaces shown; empty means all.
    #[serde(deserialize_with = "few")]
    pub namespaces: Vec<String>,
    /// Kinds shown, as `group/Kind` with `core` for the core group; empty means all.
    #[serde(deserialize_with = "few")]
    pub kinds: Vec<String>,
    /// States of health shown; empty means all.
    #[serde(deserialize_with = "few")]
    pub health: Vec<Health>,
    /// Only what is wrong, with its direct evidence.
    pub problems_only: bool,
    /// Only what is near this object (its key).
    pub focus: Option<String>,
    /// How many steps around the focus; 1 where absent.
    pub depth: Option<u32>,
    /// Cards whose folded content is drawn as cards (keys).
    #[serde(deserialize_with = "few")]
    pub expanded: Vec<String>,
    /// Draw everything as cards.
    pub expand_all: bool,
    /// Width to height that the whole is laid out for, in percent; 160 where absent.
    pub aspect: Option<u32>,
}

/// Entries that one list of a view may have: each is compared with every object at every picture.
const FEW: usize = 5000;

fn few<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    if list.len() > FEW {
        return Err(serde::de::Error::custom(format!(
            "a list of a view has at most {FEW} entries, not {}",
            list.len()
        )));
    }
    Ok(list)
}

/// The JSON part of one message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PictureHeader {
    /// One more than the message before; a gap means a message was lost. Each stream counts in a range of its own, so that
    /// the number names the stream as well.
    #[ts(type = "number")]
    pub number: u64,
    /// What questions about this picture name: another one in each view of a stream.
    pub picture: u32,
    /// Which cluster.
    pub cluster: String,
    /// Revision of the graph.
    #[ts(type = "number")]
    pub revision: u64,
    /// What the picture shows that begins with this message: forget everything received before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub view: Option<View>,
    /// Cluster or source.
    pub title: String,
    /// "4 namespaces · 163 objects · 412 relations".
    pub subtitle: String,
    /// Over the whole picture.
    pub counts: WireCounts,
    /// What is missing from the picture, in sentences.
    pub gaps: Vec<String>,
    /// Frames that are new or changed.
    pub frames: Vec<WireFrame>,
    /// How they join the frames held, which stand in reading order.
    pub frames_splice: WireSplice,
    /// Blocks that are new or changed.
    pub blocks: Vec<WireBlock>,
    /// Ids of blocks that only moved.
    pub moved: Vec<String>,
    /// Ids of blocks that are gone.
    pub removed: Vec<String>,
    /// Links between blocks that are new or changed.
    pub links: Vec<WireLink>,
    /// How they join the links held.
    pub links_splice: WireSplice,
    /// Keys of objects that changed since the last message; they glow briefly.
    pub changed: Vec<String>,
}

/// How a list that the reader holds becomes the next one: entries leave it, entries come in, the rest keeps its order.
/// A changed entry leaves and comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct WireSplice {
    /// Places in the list held of what leaves it, ascending.
    pub gone: Vec<u32>,
    /// Places in the next list of the entries sent, one for each, ascending.
    pub at: Vec<u32>,
    /// Entries that stay and moved with all their parts, by runs that moved alike: the place of the first in the next
    /// list, and how many; the geometry says how far.
    pub moved: Vec<(u32, u32)>,
}

impl WireSplice {
    /// Makes the next list of the one held and the entries sent, without their moves. A splice that does not fit the list leaves entries at
    /// its end.
    pub fn apply<T>(&self, held: &mut Vec<T>, sent: impl IntoIterator<Item = T>) {
        let mut gone = self.gone.iter().map(|place| *place as usize).peekable();
        let mut place = 0..;
        held.retain(|_| gone.next_if_eq(&place.next().unwrap_or_default()).is_none());
        let stays = std::mem::take(held);
        let mut stays = stays.into_iter();
        for (at, entry) in self.at.iter().zip(sent) {
            let missing = (*at as usize).saturating_sub(held.len());
            held.extend(stays.by_ref().take(missing));
            held.push(entry);
        }
        held.extend(stays);
    }
}

/// Counts by health word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireCounts {
    /// Objects in all.
    pub objects: u32,
    /// Failing.
    pub failing: u32,
    /// Ghosts of missing targets.
    pub missing: u32,
    /// Degraded.
    pub degraded: u32,
    /// Pending.
    pub pending: u32,
    /// Unknown.
    pub unknown: u32,
    /// Ok.
    pub ok: u32,
    /// Completed.
    pub completed: u32,
    /// Neutral.
    pub neutral: u32,
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireFrame {
    /// `ns:shop`, `lane:nodes`.
    pub id: String,
    /// Name.
    pub title: String,
    /// "74 objects".
    pub subtitle: String,
    /// Inside.
    pub counts: WireCounts,
    /// Marks.
    pub badges: Vec<WireBadge>,
}

/// A block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireBlock {
    /// `app:shop/storefront`.
    pub id: String,
    /// Its frame's id.
    pub frame: String,
    /// Name; empty where it draws no border.
    pub title: String,
    /// "9 objects".
    pub subtitle: String,
    /// Inside.
    pub counts: WireCounts,
    /// Cards that are new or changed.
    pub cards: Vec<WireCard>,
    /// How they join the cards held of this block; none are held of a new one.
    pub cards_splice: WireSplice,
    /// Links inside that are new or changed.
    pub links: Vec<WireLink>,
    /// How they join the links held of this block.
    pub links_splice: WireSplice,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireCard {
    /// Object key.
    pub key: String,
    /// What it stands for.
    pub look: CardLook,
    /// Icon id of the kind.
    pub icon: String,
    /// As drawn.
    pub name: String,
    /// Whole name, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_name: Option<String>,
    /// Second line.
    pub caption: String,
    /// How well it is.
    pub health: Health,
    /// kubectl's word.
    pub status: String,
    /// Pods as squares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<WirePod>>")]
    pub pods: Vec<WirePod>,
    /// Pods by state.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<WireTally>>")]
    pub tallies: Vec<WireTally>,
    /// Pills.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<WireBadge>>")]
    pub badges: Vec<WireBadge>,
    /// Word or cause of trouble under the card, as drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub note: Option<String>,
    /// The whole of it, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub full_note: Option<String>,
    /// Bars.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<WireMeter>>")]
    pub meters: Vec<WireMeter>,
    /// Objects folded into it; none where absent.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[ts(optional, as = "Option<u32>")]
    pub folded: u32,
    /// Has no part in what the lens shows, and stands back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub aside: bool,
}

/// A pod square.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct WirePod {
    /// Object key.
    pub key: String,
    /// How well it is.
    pub health: Health,
}

/// A count by state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct WireTally {
    /// How well it is.
    pub health: Health,
    /// How many.
    pub count: u32,
}

/// A pill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct WireBadge {
    /// Its word.
    pub text: String,
    /// The shared object.
    pub key: Option<String>,
}

/// A bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
pub struct WireMeter {
    /// "cpu".
    pub label: String,
    /// 0 to 1.
    pub share: f32,
    /// Draw as degraded.
    pub high: bool,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WireLink {
    /// Card key, or block id with `block` true.
    pub from: WireEnd,
    /// Likewise.
    pub to: WireEnd,
    /// The family of its relations.
    pub class: RelationClass,
    /// Whether its far end is there.
    pub state: EdgeState,
    /// Inferred.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub inferred: bool,
    /// Edges in it.
    pub count: u32,
    /// Number of corners in the geometry.
    pub corners: u32,
    /// Text of the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub label: Option<String>,
}

/// An end of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
pub struct WireEnd {
    /// Card key or block id.
    pub id: String,
    /// Whether it is a block.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub block: bool,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}
