//! Measures that the picture's author and its writers must agree on, in pixels, and the roles of text.
//!
//! Everything stands on a 4-pixel grid. The smallest text is 10 pixels high.

use std::sync::Arc;

use crate::text::{Ellipsis, Face, fit, width};

/// Width of a card.
pub const CARD_WIDTH: f32 = 196.0;
/// Height of a card without pods, tallies or meters.
pub const CARD_HEIGHT: f32 = 46.0;
/// Where a card's texts, pods and tallies begin, from its left.
pub const CARD_TEXT: f32 = 44.0;
/// What a card's name leaves free on its right, for the state's shape.
pub const CARD_NAME_RIGHT: f32 = 28.0;
/// What a card's second line leaves free on its right.
pub const CARD_CAPTION_RIGHT: f32 = 8.0;
/// Top of the first row of pods or tallies, from the card's top.
pub const POD_ROW: f32 = 48.0;
/// Side of a pod's square.
pub const POD: f32 = 12.0;
/// From one pod to the next, both ways.
pub const POD_STEP: f32 = 16.0;
/// Height of a frame's head: title, subtitle, badges, counts.
pub const FRAME_HEAD: f32 = 42.0;
/// Height of a block's head, where it has a title.
pub const BLOCK_HEAD: f32 = 32.0;
/// Height of a badge.
pub const BADGE_HEIGHT: f32 = 16.0;
/// Width of a meter's word, on its left.
pub const METER_WORD: f32 = 52.0;
/// Width of a meter's percentage, on its right.
pub const METER_FIGURE: f32 = 36.0;
/// How round a link's corners are at most.
pub const LINK_CORNER: f32 = 6.0;
/// Length of an arrow's head; a straight last piece of a link should be longer.
pub const ARROW: f32 = 8.0;

/// What a text is in the picture; it decides face and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The whole picture's title.
    Title,
    /// Beside it: counts in words.
    Subtitle,
    /// A namespace's name.
    FrameTitle,
    /// Beside it.
    FrameSubtitle,
    /// An application's name.
    BlockTitle,
    /// On its right.
    BlockSubtitle,
    /// A card's name; cut in the middle.
    CardName,
    /// A card's second line; cut at the end.
    CardCaption,
    /// A badge's word, a count's word.
    Badge,
    /// Port, path, mount name on a link.
    LinkLabel,
    /// A word of trouble under a card.
    Note,
    /// A meter's word and figure.
    Meter,
    /// A tally's figure.
    Tally,
    /// Words of the legend.
    Legend,
}

impl Role {
    /// Its face.
    pub fn face(self) -> Face {
        match self {
            Self::Title | Self::FrameTitle | Self::BlockTitle | Self::CardName => Face::SemiBold,
            Self::LinkLabel => Face::Mono,
            _ => Face::Regular,
        }
    }

    /// Its size.
    pub fn size(self) -> f32 {
        match self {
            Self::Title => 24.0,
            Self::FrameTitle => 15.0,
            Self::Subtitle => 13.0,
            Self::CardName => 12.5,
            Self::FrameSubtitle => 12.0,
            Self::BlockTitle => 11.5,
            Self::CardCaption | Self::Note | Self::Tally | Self::Legend => 11.0,
            Self::BlockSubtitle | Self::Badge | Self::LinkLabel | Self::Meter => 10.5,
        }
    }

    /// How wide a text is in this role.
    pub fn width(self, text: &str) -> f32 {
        width(self.face(), self.size(), text)
    }

    /// The text, shortened to fit: names in the middle, everything else at its end.
    pub fn fit(self, max_width: f32, text: &str) -> Arc<str> {
        let ellipsis = match self {
            Self::CardName | Self::BlockTitle | Self::FrameTitle | Self::Badge => Ellipsis::Middle,
            _ => Ellipsis::End,
        };
        fit(self.face(), self.size(), max_width, ellipsis, text)
    }
}
