//! How everything looks: one entry per kind of shape and of text. Classes of the SVG, graphics states of the PDF.

use model::{EdgeState, Health, RelationClass};
use serde::Serialize;

use crate::geometry::Role;
use crate::scene::CardLook;
use crate::theme::Token::{self, *};

/// Whether a link stays inside a block or runs between blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Inside,
    Between,
}

/// A kind of shape.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Ink {
    /// Class name, unique.
    #[serde(skip)]
    pub(crate) name: &'static str,
    pub(crate) fill: Option<Token>,
    pub(crate) stroke: Option<Token>,
    /// Width of the stroke.
    pub(crate) width: f32,
    /// Dashes and gaps; empty for a solid line.
    pub(crate) dash: &'static [f32],
    /// Round caps and joins.
    pub(crate) round: bool,
    /// A line that stands for several: its arrow's head is larger.
    pub(crate) several: bool,
}

/// A kind of text.
#[derive(Debug, PartialEq)]
pub(crate) struct Type {
    /// Class name, unique.
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    pub(crate) token: Token,
    /// Colour of the outline that keeps a text readable on a line.
    pub(crate) halo: Option<Token>,
}

const DASHED: &[f32] = &[5.0, 3.0];
const DOTTED: &[f32] = &[0.1, 3.4];

const fn ground(name: &'static str, fill: Token, stroke: Token) -> Ink {
    Ink { name, fill: Some(fill), stroke: Some(stroke), width: 1.0, dash: &[], round: false, several: false }
}

const fn solid(name: &'static str, fill: Token) -> Ink {
    Ink { name, fill: Some(fill), stroke: None, width: 0.0, dash: &[], round: false, several: false }
}

const fn stroke(name: &'static str, token: Token, width: f32, dash: &'static [f32]) -> Ink {
    Ink { name, fill: None, stroke: Some(token), width, dash, round: false, several: false }
}

const fn dotted(name: &'static str, token: Token) -> Ink {
    Ink { name, fill: None, stroke: Some(token), width: 1.6, dash: DOTTED, round: true, several: false }
}

const fn several(line: Ink) -> Ink {
    Ink { several: true, ..line }
}

const fn icon(name: &'static str, token: Token) -> Ink {
    Ink { name, fill: None, stroke: Some(token), width: 1.35, dash: &[], round: true, several: false }
}

pub(crate) static PAGE: Ink = solid("page", Page);
pub(crate) static FRAME: Ink = ground("frame", Frame, FrameLine);
pub(crate) static GROUP: Ink = ground("group", Group, FrameLine);
pub(crate) static PILL: Ink = ground("pill", Group, CardLine);
pub(crate) static TILE: Ink = solid("tile", Tile);
pub(crate) static METER: Ink = solid("meter", StrongLine);
pub(crate) static METER_HIGH: Ink = solid("meter-high", Warning);
pub(crate) static ICON: Ink = icon("icon", Secondary);
pub(crate) static ICON_MISSING: Ink = icon("icon-missing", Failing);
pub(crate) static ICON_UNKNOWN: Ink = icon("icon-unknown", Neutral);

static CARD: Ink = ground("card", Card, CardLine);
static CARD_WARNING: Ink = ground("card-warning", WarningCard, Warning);
static CARD_FAILING: Ink = ground("card-failing", FailingCard, Failing);
static GHOST: Ink = Ink { dash: &[4.0, 3.0], width: 1.2, ..ground("ghost", FailingCard, Failing) };
static VEILED: Ink = Ink { dash: &[4.0, 3.0], ..ground("veiled", Group, Neutral) };
static OUTSIDE: Ink = ground("outside", Frame, CardLine);
static FOLD: Ink = ground("fold", Card, CardLine);

static POD_OK: Ink = solid("pod-ok", Ready);
static POD_COMPLETED: Ink = stroke("pod-completed", Completed, 1.2, &[]);
static POD_WARNING: Ink = stroke("pod-degraded", Warning, 1.4, &[]);
static POD_PENDING: Ink = stroke("pod-pending", Warning, 1.4, &[2.2, 1.6]);
static POD_FAILING: Ink = stroke("pod-failing", Failing, 1.4, &[]);
static POD_NEUTRAL: Ink = stroke("pod-neutral", Neutral, 1.2, &[]);
static POD_UNKNOWN: Ink = stroke("pod-unknown", Neutral, 1.2, &[2.2, 1.6]);

pub(super) static ROUTES: Ink = stroke("routes", StrongLine, 1.5, &[]);
pub(super) static SELECTS: Ink = stroke("selects", Line, 1.25, &[]);
pub(super) static REFERS: Ink = stroke("refers", Line, 1.25, DASHED);
pub(super) static GOVERNS: Ink = dotted("governs", Line);
static MEMBER: Ink = stroke("member", Line, 0.9, &[]);
pub(super) static SEVERAL: Ink = several(stroke("several", StrongLine, 2.25, &[]));
pub(super) static SEVERAL_REFERS: Ink = several(stroke("several-refers", StrongLine, 2.0, &[7.0, 4.0]));
pub(super) static SEVERAL_GOVERNS: Ink =
    several(Ink { width: 2.4, dash: &[0.1, 4.4], ..dotted("several-governs", StrongLine) });
pub(super) static INFERRED: Ink = stroke("inferred", StrongLine, 1.25, &[9.0, 2.5]);
pub(super) static BROKEN_SOLID: Ink = stroke("broken", Failing, 1.5, &[]);
pub(super) static BROKEN_DASHED: Ink = stroke("broken-refers", Failing, 1.4, DASHED);
pub(super) static BROKEN_DOTTED: Ink = dotted("broken-governs", Failing);

static UNDER_INSIDE: Ink = stroke("under", Group, 2.4, &[]);
static UNDER_BETWEEN: Ink = stroke("under-between", Frame, 2.4, &[]);
static GAP_INSIDE: Ink = stroke("gap", Group, 5.0, &[]);
static GAP_BETWEEN: Ink = stroke("gap-between", Frame, 5.0, &[]);

/// What a dashed line lies on: the colour of the ground.
pub(super) fn under(place: Place) -> &'static Ink {
    match place {
        Place::Inside => &UNDER_INSIDE,
        Place::Between => &UNDER_BETWEEN,
    }
}

/// What the lines of a sender lie on: wider than they are, so that what they cross ends short of them.
pub(super) fn gap(place: Place) -> &'static Ink {
    match place {
        Place::Inside => &GAP_INSIDE,
        Place::Between => &GAP_BETWEEN,
    }
}

pub(crate) static HEAD_LINE: Ink = solid("head", Line);
pub(crate) static HEAD_STRONG: Ink = solid("head-strong", StrongLine);
pub(crate) static HEAD_BROKEN: Ink = solid("head-broken", Failing);

/// Between the pages of a picture on many.
pub(crate) static TILE_EDGE: Ink = stroke("tile-edge", Accent, 1.5, &[]);

const fn kind(name: &'static str, role: Role, token: Token) -> Type {
    Type { name, role, token, halo: None }
}

pub(crate) static TITLE: Type = kind("title", Role::Title, Text);
pub(crate) static SUBTITLE: Type = kind("subtitle", Role::Subtitle, Secondary);
pub(crate) static COUNT: Type = kind("count", Role::Subtitle, Text);
pub(crate) static FRAME_TITLE: Type = kind("frame-title", Role::FrameTitle, Text);
pub(crate) static FRAME_SUBTITLE: Type = kind("frame-subtitle", Role::FrameSubtitle, Secondary);
pub(crate) static BLOCK_TITLE: Type = kind("block-title", Role::BlockTitle, Secondary);
pub(crate) static BLOCK_SUBTITLE: Type = kind("block-subtitle", Role::BlockSubtitle, Secondary);
pub(crate) static NAME: Type = kind("name", Role::CardName, Text);
pub(crate) static CAPTION: Type = kind("caption", Role::CardCaption, Secondary);
pub(crate) static CAPTION_WARNING: Type = kind("caption-warning", Role::CardCaption, WarningText);
pub(crate) static CAPTION_FAILING: Type = kind("caption-failing", Role::CardCaption, FailingText);
pub(crate) static BADGE: Type = kind("badge", Role::Badge, Secondary);
pub(crate) static FOLDED: Type = kind("folded", Role::Badge, Secondary);
pub(crate) static NOTE: Type = kind("note", Role::Note, FailingText);
pub(crate) static NOTE_WARNING: Type = kind("note-warning", Role::Note, WarningText);
pub(crate) static METER_TEXT: Type = kind("meter-text", Role::Meter, Secondary);
pub(crate) static TALLY: Type = kind("tally", Role::Tally, Text);
pub(crate) static LEGEND: Type = kind("legend", Role::Legend, Text);
pub(crate) static LEGEND_QUIET: Type = kind("legend-quiet", Role::Legend, Secondary);
pub(crate) static LEGEND_HEAD: Type = kind("legend-head", Role::BlockTitle, Secondary);
pub(crate) static TILE_NUMBER: Type = Type { halo: Some(Page), ..kind("tile-number", Role::FrameTitle, Accent) };
pub(crate) static LABEL: Type = Type { halo: Some(Group), ..kind("label", Role::LinkLabel, Secondary) };
pub(crate) static LABEL_BETWEEN: Type = Type { halo: Some(Frame), ..kind("label-between", Role::LinkLabel, Secondary) };
pub(crate) static LABEL_BROKEN: Type = Type { halo: Some(Group), ..kind("label-broken", Role::LinkLabel, FailingText) };

/// What the interface draws with too, under these names.
pub(crate) static SHARED: [&Ink; 42] = [
    &FRAME,
    &GROUP,
    &PILL,
    &TILE,
    &METER,
    &METER_HIGH,
    &ICON,
    &ICON_MISSING,
    &ICON_UNKNOWN,
    &CARD,
    &CARD_WARNING,
    &CARD_FAILING,
    &GHOST,
    &VEILED,
    &OUTSIDE,
    &FOLD,
    &POD_OK,
    &POD_COMPLETED,
    &POD_WARNING,
    &POD_PENDING,
    &POD_FAILING,
    &POD_NEUTRAL,
    &POD_UNKNOWN,
    &ROUTES,
    &SELECTS,
    &REFERS,
    &GOVERNS,
    &MEMBER,
    &SEVERAL,
    &SEVERAL_REFERS,
    &SEVERAL_GOVERNS,
    &INFERRED,
    &BROKEN_SOLID,
    &BROKEN_DASHED,
    &BROKEN_DOTTED,
    &UNDER_INSIDE,
    &UNDER_BETWEEN,
    &GAP_INSIDE,
    &GAP_BETWEEN,
    &HEAD_LINE,
    &HEAD_STRONG,
    &HEAD_BROKEN,
];

/// Texts of the same kind.
pub(crate) static SHARED_TEXTS: [&Type; 19] = [
    &FRAME_TITLE,
    &FRAME_SUBTITLE,
    &BLOCK_TITLE,
    &BLOCK_SUBTITLE,
    &NAME,
    &CAPTION,
    &CAPTION_WARNING,
    &CAPTION_FAILING,
    &BADGE,
    &FOLDED,
    &NOTE,
    &NOTE_WARNING,
    &METER_TEXT,
    &TALLY,
    &LEGEND,
    &LEGEND_QUIET,
    &LABEL,
    &LABEL_BETWEEN,
    &LABEL_BROKEN,
];

/// The ground of a card.
pub(crate) fn card(look: CardLook, health: Health) -> &'static Ink {
    match (look, health) {
        (CardLook::Missing, _) | (_, Health::Missing) => &GHOST,
        (CardLook::Unknown, _) => &VEILED,
        (_, Health::Failing) => &CARD_FAILING,
        (_, Health::Degraded | Health::Pending) => &CARD_WARNING,
        (CardLook::External, _) => &OUTSIDE,
        (CardLook::Fold, _) => &FOLD,
        _ => &CARD,
    }
}

/// The line of a pod's square; [`Health::Ok`] is filled instead.
pub(crate) fn pod(health: Health) -> &'static Ink {
    match health {
        Health::Ok => &POD_OK,
        Health::Completed => &POD_COMPLETED,
        Health::Degraded => &POD_WARNING,
        Health::Pending => &POD_PENDING,
        Health::Failing | Health::Missing => &POD_FAILING,
        Health::Neutral => &POD_NEUTRAL,
        Health::Unknown => &POD_UNKNOWN,
    }
}

/// The line of a link and the fill of its arrow.
pub(crate) fn link(
    class: RelationClass,
    state: EdgeState,
    inferred: bool,
    several: bool,
) -> (&'static Ink, &'static Ink) {
    use RelationClass::{Governs, Member, Owns, Refers, Routes, Selects};
    match (state, class) {
        (EdgeState::Missing, Routes | Owns | Selects | Member) => (&BROKEN_SOLID, &HEAD_BROKEN),
        (EdgeState::Missing, Refers) => (&BROKEN_DASHED, &HEAD_BROKEN),
        (EdgeState::Missing, Governs) => (&BROKEN_DOTTED, &HEAD_BROKEN),
        (_, Refers) if several => (&SEVERAL_REFERS, &HEAD_STRONG),
        (_, Governs) if several => (&SEVERAL_GOVERNS, &HEAD_STRONG),
        _ if several => (&SEVERAL, &HEAD_STRONG),
        (_, Routes) if inferred => (&INFERRED, &HEAD_STRONG),
        (_, Routes) => (&ROUTES, &HEAD_STRONG),
        (_, Owns | Selects) => (&SELECTS, &HEAD_LINE),
        (_, Refers) => (&REFERS, &HEAD_LINE),
        (_, Governs) => (&GOVERNS, &HEAD_LINE),
        (_, Member) => (&MEMBER, &HEAD_LINE),
    }
}
