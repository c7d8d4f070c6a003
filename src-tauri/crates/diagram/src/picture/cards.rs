//! Cards: how large one is, and where its parts stand once it has a place.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::{Health, ResourceKey};

use super::spec::{CardSpec, Pill};
use crate::geometry::{
    BADGE_HEIGHT, CARD_CAPTION_RIGHT, CARD_HEIGHT, CARD_NAME_RIGHT, CARD_TEXT, CARD_WIDTH, POD, POD_ROW, POD_STEP, Role,
};
use crate::scene::{Badge, Card, Label, Meter, PodMark, Point, Rect, Tally};
use crate::text::fit_around;

/// From this many pods on they are counted by state.
pub(super) const FOLD_PODS: usize = 24;

/// Squares in a row of a card.
const PODS_PER_ROW: usize = 9;

/// Room of one meter.
const METER_STEP: f32 = 18.0;

/// Share of a node above which its bar is drawn as degraded.
const HIGH: f32 = 0.9;

/// Height of the note under a card.
const NOTE_HEIGHT: f32 = 14.0;

/// Height of the card proper.
fn height(spec: &CardSpec) -> f32 {
    let rows = if spec.tallies.is_empty() { spec.pods.len().div_ceil(PODS_PER_ROW) } else { 1 };
    let inside = if spec.meters.is_some() {
        2.0 + 2.0 * METER_STEP
    } else if rows > 0 {
        #[expect(clippy::cast_precision_loss, reason = "three rows at most")]
        let rows = rows as f32;
        POD_ROW - CARD_HEIGHT + (rows - 1.0) * POD_STEP + POD + 8.0
    } else {
        0.0
    };
    // Badges hang on the lower edge: pods must not touch them.
    let for_badges = if spec.badges.is_empty() || (rows == 0 && spec.meters.is_none()) { 0.0 } else { 4.0 };
    let on_flat = if !spec.badges.is_empty() && rows == 0 { 4.0 } else { 0.0 };
    CARD_HEIGHT + inside + for_badges + on_flat
}

/// The widest a card grows for a long name.
const WIDEST: f32 = 320.0;

/// The width its name wants, within reason, on the grid.
pub(super) fn width(spec: &CardSpec) -> f32 {
    let name = Role::CardName.width(&spec.name) + CARD_TEXT + CARD_NAME_RIGHT;
    ((name / 4.0).ceil() * 4.0).clamp(CARD_WIDTH, WIDEST)
}

/// Width and height with what hangs on the card.
pub(super) fn size(spec: &CardSpec) -> layout::Size {
    let hanging = if spec.badges.is_empty() { 0.0 } else { BADGE_HEIGHT / 2.0 };
    let note = if spec.note.is_some() { NOTE_HEIGHT + 3.0 } else { 0.0 };
    layout::Size { width: whole(width(spec)), height: whole(height(spec) + hanging + note) }
}

/// Height below a card's top at which lines arrive.
pub(super) const PORT: i32 = 23;

#[expect(clippy::cast_possible_truncation, reason = "sizes of cards are small")]
pub(super) fn whole(length: f32) -> i32 {
    length.ceil() as i32
}

#[expect(clippy::cast_precision_loss, reason = "pixels of a picture stay far below 2^24")]
pub(super) fn float(length: i32) -> f32 {
    length as f32
}

/// The card in this place (relative to its block, hanging parts included).
pub(super) fn place(spec: &CardSpec, place: layout::Rect) -> Card {
    let rect = Rect { x: float(place.x), y: float(place.y), width: float(place.width), height: height(spec) };
    let text = rect.x + CARD_TEXT;
    let full_name = Arc::clone(&spec.name);
    let pods = spec.pods.iter().enumerate().map(|(at, (key, health))| {
        let (column, row) = (float_index(at % PODS_PER_ROW), float_index(at / PODS_PER_ROW));
        let x = text + column * POD_STEP;
        let y = rect.y + POD_ROW + row * POD_STEP;
        PodMark { key: key.clone(), rect: Rect { x, y, width: POD, height: POD }, health: *health }
    });
    let mut tally_x = text;
    let tallies = spec.tallies.iter().map(|(health, count)| {
        let width = POD + 5.0 + Role::Tally.width(&count.to_string());
        let rect = Rect { x: tally_x, y: rect.y + POD_ROW, width, height: POD };
        tally_x += width + 10.0;
        Tally { rect, health: *health, count: *count }
    });
    let note = spec.note.as_ref().map(|note| {
        let y = rect.bottom() + if spec.badges.is_empty() { 3.0 } else { BADGE_HEIGHT / 2.0 + 1.0 };
        let text = Role::Note.fit(rect.width - 8.0, note);
        let width = Role::Note.width(&text);
        // Under the pods where it fits there, else under the whole card.
        let x = if CARD_TEXT + width <= rect.width { rect.x + CARD_TEXT } else { rect.x + 4.0 };
        Label { rect: Rect { x, y, width, height: NOTE_HEIGHT }, text, full: Arc::clone(note) }
    });
    let meters = spec.meters.into_iter().flat_map(|(cpu, memory)| {
        [("cpu", cpu), ("memory", memory)].into_iter().zip([0.0, 1.0]).map(|((label, share), step)| Meter {
            rect: Rect {
                x: rect.x + 10.0,
                y: rect.y + CARD_HEIGHT + step * METER_STEP,
                width: rect.width - 22.0,
                height: 16.0,
            },
            label: label.into(),
            share,
            high: share >= HIGH,
        })
    });
    Card {
        key: spec.key.clone(),
        look: spec.look,
        name: Role::CardName.fit(rect.width - CARD_TEXT - CARD_NAME_RIGHT, &full_name),
        full_name,
        caption: Role::CardCaption.fit(rect.width - CARD_TEXT - CARD_CAPTION_RIGHT, &spec.caption),
        full_caption: Arc::clone(&spec.caption),
        health: spec.health,
        status: Arc::clone(&spec.status),
        pods: pods.collect(),
        tallies: tallies.collect(),
        badges: badges(&spec.badges, &rect),
        note,
        meters: meters.collect(),
        folded: spec.folded,
        aside: spec.aside,
        rect,
    }
}

/// Cuts the names of neighbours that came out alike where they do not differ, so that no two of them read the same.
pub(super) fn tell_apart(cards: &mut [Card]) {
    let mut alike: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
    for (at, card) in cards.iter().enumerate() {
        if card.name != card.full_name {
            alike.entry(Arc::clone(&card.name)).or_default().push(at);
        }
    }
    for same in alike.into_values().filter(|same| same.len() > 1) {
        let names: Vec<Vec<char>> =
            same.iter().filter_map(|at| cards.get(*at)).map(|card| card.full_name.chars().collect()).collect();
        let shared = |from_end: bool| {
            let sign = |name: &Vec<char>, at: usize| {
                let at = if from_end { name.len().checked_sub(at + 1)? } else { at };
                name.get(at).copied()
            };
            let first = names.first().map_or(0, Vec::len);
            (0..first)
                .take_while(|at| {
                    names.windows(2).all(|pair| matches!(pair, [one, other] if sign(one, *at) == sign(other, *at)))
                })
                .count()
        };
        let (before, after) = (shared(false), shared(true));
        for at in same {
            let Some(card) = cards.get_mut(at) else { continue };
            let room = card.rect.width - CARD_TEXT - CARD_NAME_RIGHT;
            let end = card.full_name.chars().count().saturating_sub(after).max(before);
            card.name = fit_around(Role::CardName.face(), Role::CardName.size(), room, before..end, &card.full_name);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful")]
fn float_index(at: usize) -> f32 {
    at as f32
}

/// Badges on the lower edge, from the right; what does not fit is counted in the last one.
fn badges(pills: &[Pill], card: &Rect) -> Vec<Badge> {
    let room = card.width - 16.0;
    let width = |text: &str| (Role::Badge.width(text) + 16.0).ceil();
    let mut shown: Vec<(Arc<str>, Option<ResourceKey>, f32)> = Vec::new();
    let mut used = 0.0;
    for (at, pill) in pills.iter().enumerate() {
        let rest = pills.len() - at;
        let keep = if rest > 1 { 36.0 } else { 0.0 };
        let text = Role::Badge.fit((room - 16.0).min(if pills.len() > 1 { 96.0 } else { 150.0 }), &pill.text);
        let own = width(&text);
        if used + own + keep > room && at > 0 {
            let text: Arc<str> = format!("+{rest}").into();
            let own = width(&text);
            shown.push((text, None, own));
            break;
        }
        used += own + 4.0;
        shown.push((text, pill.key.clone(), own));
    }
    let mut x = card.right() - 8.0;
    let mut badges: Vec<Badge> = Vec::with_capacity(shown.len());
    for (text, key, width) in shown.into_iter().rev() {
        x -= width;
        badges.push(Badge {
            rect: Rect { x, y: card.bottom() - BADGE_HEIGHT / 2.0, width, height: BADGE_HEIGHT },
            text,
            key,
        });
        x -= 4.0;
    }
    badges.reverse();
    badges
}

/// Pods by state, worst first.
pub(super) fn tallies(pods: &[(ResourceKey, Health)]) -> Vec<(Health, u32)> {
    let mut counts = [0_u32; Health::ALL.len()];
    for (_, health) in pods {
        if let Some(at) = Health::ALL.iter().position(|each| each == health) {
            counts[at] += 1;
        }
    }
    Health::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
}

/// A point of the layout in the scene's numbers.
pub(super) fn point(point: layout::Point) -> Point {
    Point { x: float(point.x), y: float(point.y) }
}

/// A rectangle of the layout in the scene's numbers.
pub(super) fn rect(rect: layout::Rect) -> Rect {
    Rect { x: float(rect.x), y: float(rect.y), width: float(rect.width), height: float(rect.height) }
}

/// A label's box is as large as its text.
pub(super) fn label(text: &str) -> (Arc<str>, layout::Label) {
    use std::hash::{Hash, Hasher};
    let fitted = Role::LinkLabel.fit(112.0, text);
    let mut hasher = rustc_hash::FxHasher::default();
    fitted.hash(&mut hasher);
    let size = layout::Size { width: whole(Role::LinkLabel.width(&fitted)), height: 13 };
    (fitted, layout::Label { size, text: hasher.finish() })
}
