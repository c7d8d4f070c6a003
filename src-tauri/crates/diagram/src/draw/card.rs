//! A card: kind, name, what matters, state, and what lies inside or hangs on it.

use model::Health;

use super::{Anchor, Pen, at, crisp, ink, pods};
use crate::geometry::*;
use crate::icons;
use crate::scene::{Badge, Card, CardLook, Meter, Rect};

/// Draws a card; coordinates are those of its block.
pub(super) fn card(card: &Card, pen: &mut dyn Pen) {
    let rect = card.rect;
    pen.open(card.key.as_str(), &tooltip(card), at(0.0, 0.0));
    let ground = ink::card(card.look, card.health);
    if card.look == CardLook::Fold {
        // The edge of a second card looks out: many lie here.
        let behind = Rect { x: rect.x + FOLD_STEP, y: rect.y + FOLD_STEP, ..rect };
        pen.rect(ground, crisp(behind), CARD_RADIUS);
    }
    let radius = if card.look == CardLook::External { rect.height.min(CARD_HEIGHT) / 2.0 } else { CARD_RADIUS };
    pen.rect(ground, crisp(rect), radius);
    face(card, pen);
    for pod in &card.pods {
        pen.open(
            pod.key.as_str(),
            &format!("Pod {}: {}", model::legible(pod.key.name()), pod.health.word()),
            at(0.0, 0.0),
        );
        pods::pod(pod.health, pod.rect, pen);
        pen.close();
    }
    for tally in &card.tallies {
        let middle = tally.rect.y + tally.rect.height / 2.0;
        pods::pod(tally.health, pods::square(tally.rect.x, middle - POD / 2.0), pen);
        pen.text(
            &ink::TALLY,
            at(tally.rect.x + TALLY_TEXT, middle + TALLY_BASE),
            Anchor::Start,
            &tally.count.to_string(),
        );
    }
    for meter in &card.meters {
        bar(meter, pen);
    }
    if card.folded > 0 && card.meters.is_empty() && rect.height >= FOLDED_BASE {
        let end = at(rect.right() - FOLDED_RIGHT, rect.y + FOLDED_BASE);
        pen.text(&ink::FOLDED, end, Anchor::End, &format!("+{}", card.folded));
    }
    for each in &card.badges {
        badge(each, pen);
    }
    if let Some(note) = &card.note {
        let kind = if card.health == Health::Pending { &ink::NOTE_WARNING } else { &ink::NOTE };
        pen.text(kind, at(note.rect.x, note.rect.y + note.rect.height * LABEL_BASE), Anchor::Start, &note.text);
    }
    pen.close();
}

/// A pill with a word.
pub(super) fn badge(badge: &Badge, pen: &mut dyn Pen) {
    let rect = badge.rect;
    pen.rect(&ink::PILL, crisp(rect), (rect.height - 1.0) / 2.0);
    let middle = at(rect.x + rect.width / 2.0, rect.y + rect.height / 2.0 + SMALL_BASE);
    pen.text(&ink::BADGE, middle, Anchor::Middle, &badge.text);
}

/// Icon, name, second line, state.
fn face(card: &Card, pen: &mut dyn Pen) {
    let Rect { x, y, width, .. } = card.rect;
    let icon =
        if card.look == CardLook::Fold && card.key.kind() == "*" { icons::by_id("fold") } else { icons::of(&card.key) };
    let icon_ink = match card.look {
        CardLook::Missing => &ink::ICON_MISSING,
        CardLook::Unknown => &ink::ICON_UNKNOWN,
        _ => &ink::ICON,
    };
    if !matches!(card.look, CardLook::Missing | CardLook::Unknown) {
        let radius = if card.look == CardLook::External { TILE / 2.0 } else { TILE_RADIUS };
        let tile = Rect { x: x + TILE_INSET, y: y + TILE_INSET, width: TILE, height: TILE };
        pen.rect(&ink::TILE, tile, radius);
    }
    pen.icon(icon_ink, icon, at(x + ICON_INSET, y + ICON_INSET));

    let caption = match (card.look, card.health) {
        (CardLook::Missing, _) | (_, Health::Failing | Health::Missing) => &ink::CAPTION_FAILING,
        (_, Health::Degraded | Health::Pending) => &ink::CAPTION_WARNING,
        _ => &ink::CAPTION,
    };
    let name_width = width - CARD_TEXT - CARD_NAME_RIGHT;
    let name_at = if card.caption.is_empty() { y + NAME_BASE_ALONE } else { y + NAME_BASE };
    pen.text(&ink::NAME, at(x + CARD_TEXT, name_at), Anchor::Start, &refit(Role::CardName, name_width, &card.name));
    if !card.caption.is_empty() {
        let room = width - CARD_TEXT - CARD_CAPTION_RIGHT;
        let text = refit(Role::CardCaption, room, &card.caption);
        pen.text(caption, at(x + CARD_TEXT, y + CAPTION_BASE), Anchor::Start, &text);
    }
    let mark = match card.look {
        CardLook::Missing => Health::Missing,
        CardLook::Unknown => Health::Unknown,
        _ => card.health,
    };
    // Something outside has a state only where it is told.
    if card.look != CardLook::External || card.health.is_problem() {
        pen.mark(mark, at(x + width - MARK_RIGHT, y + MARK_TOP), 1.0);
    }
}

/// The scene's texts are fitted where they are placed; one that is not must still not leave its card.
fn refit(role: Role, room: f32, text: &str) -> std::sync::Arc<str> {
    role.fit(room + 1.0, text)
}

fn bar(meter: &Meter, pen: &mut dyn Pen) {
    let Rect { x, y, width, height } = meter.rect;
    let (middle, base) = (y + height / 2.0, y + height / 2.0 + SMALL_BASE);
    let track = Rect {
        x: x + METER_WORD,
        y: middle - METER_BAR / 2.0,
        width: (width - METER_WORD - METER_FIGURE).max(METER_BAR),
        height: METER_BAR,
    };
    let share = if meter.share.is_finite() { meter.share.max(0.0) } else { 0.0 };
    pen.text(&ink::METER_TEXT, at(x, base), Anchor::Start, &meter.label);
    pen.rect(&ink::TILE, track, METER_BAR / 2.0);
    let full = Rect { width: (track.width * share.min(1.0)).max(METER_BAR), ..track };
    pen.rect(if meter.high { &ink::METER_HIGH } else { &ink::METER }, full, METER_BAR / 2.0);
    pen.text(&ink::METER_TEXT, at(x + width, base), Anchor::End, &format!("{:.0}%", share * 100.0));
}

/// "Deployment shop/checkout: degraded, rollout stuck · 2 of 3".
fn tooltip(card: &Card) -> String {
    let key = &card.key;
    let mut text = String::with_capacity(96);
    text.push_str(key.kind());
    text.push(' ');
    if !key.namespace().is_empty() {
        text.push_str(key.namespace());
        text.push('/');
    }
    text.push_str(&card.full_name);
    let state = match card.look {
        CardLook::Missing => "missing",
        CardLook::Unknown => "cannot be seen",
        _ if card.health == Health::Neutral => &card.status,
        _ => card.health.word(),
    };
    let caption = Some(&*card.caption).filter(|caption| *caption != key.kind());
    for (said, sign) in [state].into_iter().chain(caption).filter(|said| !said.is_empty()).zip([": ", ", "]) {
        text.push_str(sign);
        text.push_str(said);
    }
    if card.folded > 0 {
        text.push_str(&format!(", {} more inside", card.folded));
    }
    text
}
