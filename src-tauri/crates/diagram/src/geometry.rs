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
/// How round a card is.
pub const CARD_RADIUS: f32 = 7.0;
/// Left and top of the tile behind a kind's icon.
pub const TILE_INSET: f32 = 9.0;
/// Side of that tile.
pub const TILE: f32 = 28.0;
/// How round it is.
pub const TILE_RADIUS: f32 = 6.0;
/// Left and top of the icon.
pub const ICON_INSET: f32 = 15.0;
/// Baseline of a card's name.
pub const NAME_BASE: f32 = 20.5;
/// Baseline of a name without a second line.
pub const NAME_BASE_ALONE: f32 = 27.5;
/// Baseline of the second line.
pub const CAPTION_BASE: f32 = 35.5;
/// Side of the field of a state's shape.
pub const MARK: f32 = 12.0;
/// Left of that field, from the card's right.
pub const MARK_RIGHT: f32 = 22.0;
/// Top of that field.
pub const MARK_TOP: f32 = 10.0;
/// How far the second card of many looks out.
pub const FOLD_STEP: f32 = 4.0;
/// Right end of the count of folded objects, from the card's right.
pub const FOLDED_RIGHT: f32 = 10.0;
/// Baseline of that count: on the row of pods.
pub const FOLDED_BASE: f32 = 58.0;
/// How round a pod's square is.
pub const POD_RADIUS: f32 = 3.0;
/// Where the line of an unfilled pod runs, inside its square.
pub const POD_INSET: f32 = 0.7;
/// How round that line is.
pub const POD_INSET_RADIUS: f32 = 2.4;
/// Left of a tally's figure, from the tally's.
pub const TALLY_TEXT: f32 = 17.0;
/// Baseline of a tally's figure, below its middle.
pub const TALLY_BASE: f32 = 4.0;
/// Baseline of the texts of badges and meters, below their middle.
pub const SMALL_BASE: f32 = 3.7;
/// Height of a meter's bar.
pub const METER_BAR: f32 = 6.0;
/// Baseline of labels and notes, as a share of their height.
pub const LABEL_BASE: f32 = 0.78;
/// How round a frame is.
pub const FRAME_RADIUS: f32 = 10.0;
/// Left of a frame's title.
pub const FRAME_TITLE: f32 = 18.0;
/// Its baseline.
pub const FRAME_TITLE_BASE: f32 = 27.0;
/// How round a block is.
pub const BLOCK_RADIUS: f32 = 8.0;
/// Left of a block's title.
pub const BLOCK_TITLE: f32 = 14.0;
/// Its baseline.
pub const BLOCK_TITLE_BASE: f32 = 20.0;
/// Right end of a block's subtitle, from the block's right.
pub const BLOCK_SUBTITLE_RIGHT: f32 = 13.0;
/// Right end of a frame's last problem pill, from the frame's right.
pub const PILL_RIGHT: f32 = 16.0;
/// The middle of those pills, from the frame's top.
pub const PILL_MIDDLE: f32 = 22.0;
/// Height of a problem pill.
pub const PILL_HEIGHT: f32 = 20.0;
/// Between two of them.
pub const PILL_GAP: f32 = 6.0;
/// What a pill is wider than its text.
pub const PILL_ROOM: f32 = 30.0;
/// Left of the state's shape in it.
pub const PILL_MARK: f32 = 8.0;
/// Top of that shape, from the pill's.
pub const PILL_MARK_TOP: f32 = 5.0;
/// Size of that shape, as a share of a card's.
pub const PILL_MARK_SCALE: f32 = 0.8;
/// Left of a pill's text.
pub const PILL_TEXT: f32 = 21.0;
/// Baseline of that text, below the pill's middle.
pub const PILL_BASE: f32 = 3.8;
/// Half the width of an arrow's head.
pub const ARROW_WING: f32 = 3.6;
/// Length of the head of a line that stands for several.
pub const ARROW_SEVERAL: f32 = 9.5;
/// Half its width.
pub const ARROW_SEVERAL_WING: f32 = 4.3;
/// Length of an arrow's head; a straight last piece of a link should be longer.
pub const ARROW: f32 = 8.0;

/// Every measure that the interface draws with, by the name it has there. From a card's top left unless said otherwise.
pub const MEASURES: [(&str, f32); 52] = [
    ("cardHeight", CARD_HEIGHT),
    ("cardText", CARD_TEXT),
    ("cardNameRight", CARD_NAME_RIGHT),
    ("cardCaptionRight", CARD_CAPTION_RIGHT),
    ("cardRadius", CARD_RADIUS),
    ("tileInset", TILE_INSET),
    ("tile", TILE),
    ("tileRadius", TILE_RADIUS),
    ("externalTileRadius", TILE / 2.0),
    ("iconInset", ICON_INSET),
    ("nameBase", NAME_BASE),
    ("nameBaseAlone", NAME_BASE_ALONE),
    ("captionBase", CAPTION_BASE),
    ("mark", MARK),
    ("markRight", MARK_RIGHT),
    ("markTop", MARK_TOP),
    ("foldStep", FOLD_STEP),
    ("foldedRight", FOLDED_RIGHT),
    ("foldedBase", FOLDED_BASE),
    ("pod", POD),
    ("podRadius", POD_RADIUS),
    ("podInset", POD_INSET),
    ("podInsetRadius", POD_INSET_RADIUS),
    ("tallyText", TALLY_TEXT),
    ("tallyBase", TALLY_BASE),
    ("smallBase", SMALL_BASE),
    ("meterWord", METER_WORD),
    ("meterFigure", METER_FIGURE),
    ("meterBar", METER_BAR),
    ("labelBase", LABEL_BASE),
    ("linkCorner", LINK_CORNER),
    ("arrow", ARROW),
    ("arrowWing", ARROW_WING),
    ("arrowSeveral", ARROW_SEVERAL),
    ("arrowSeveralWing", ARROW_SEVERAL_WING),
    ("pillRight", PILL_RIGHT),
    ("pillMiddle", PILL_MIDDLE),
    ("pillHeight", PILL_HEIGHT),
    ("pillGap", PILL_GAP),
    ("pillRoom", PILL_ROOM),
    ("pillMark", PILL_MARK),
    ("pillMarkTop", PILL_MARK_TOP),
    ("pillMarkScale", PILL_MARK_SCALE),
    ("pillText", PILL_TEXT),
    ("pillBase", PILL_BASE),
    ("frameRadius", FRAME_RADIUS),
    ("frameTitle", FRAME_TITLE),
    ("frameTitleBase", FRAME_TITLE_BASE),
    ("blockRadius", BLOCK_RADIUS),
    ("blockTitle", BLOCK_TITLE),
    ("blockTitleBase", BLOCK_TITLE_BASE),
    ("blockSubtitleRight", BLOCK_SUBTITLE_RIGHT),
];

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
