//! The box below the picture: what shapes, lines and icons mean, what is not shown, and the stamp.
//!
//! It explains what is drawn and nothing else, so that under a small picture it stays small.

use std::collections::{BTreeMap, BTreeSet};

use model::{EdgeState, Health, RelationClass, ResourceKey};

use super::ink::Place;
use super::ink::{self, Ink};
use super::link;
use super::{Anchor, Pen, at, crisp};
use crate::export::Look;
use crate::geometry::Role;
use crate::icons::{self, Icon};
use crate::scene::{CardLook, Rect, Scene};

const PAD: f32 = 16.0;
const ROW: f32 = 30.0;
const WORD: f32 = 70.0;
const SAMPLE: f32 = 44.0;
const ICON: f32 = 16.0;
const PODS: &str = "Pods lie inside their workload, one square each";
/// So many kinds are named beside one icon; more are counted.
const KINDS_OF_ICON: usize = 3;
const BADGES: &str = "What several share hangs on as a badge";

/// What a legend's entry shows before its words.
#[derive(Clone, Copy)]
enum Sample {
    State(Health),
    Kind(&'static Icon),
    Line { class: RelationClass, state: EdgeState, inferred: bool, several: bool },
    Nothing,
}

struct Entry {
    sample: Sample,
    text: String,
}

struct Row {
    word: &'static str,
    entries: Vec<Entry>,
    /// Stands on the right, on a line of its own where there is no room.
    aside: String,
}

const fn line(class: RelationClass, state: EdgeState, inferred: bool, several: bool) -> Sample {
    Sample::Line { class, state, inferred, several }
}

fn rows(scene: &Scene, look: &Look) -> Vec<Row> {
    use RelationClass::{Governs, Refers, Routes, Selects};
    let entry = |sample, text: &str| Entry { sample, text: text.to_owned() };
    let cards = || scene.blocks.iter().flat_map(|placed| &placed.block.cards);
    let shows = |health: Health| {
        cards().any(|card| {
            let pods = card.pods.iter().map(|pod| pod.health).chain(card.tallies.iter().map(|tally| tally.health));
            pods.chain([card.health]).any(|shown| shown == health)
        })
    };
    let veiled = cards().any(|card| card.look == CardLook::Unknown) || shows(Health::Unknown);
    let states = [
        (shows(Health::Ok), Health::Ok, "ready"),
        (shows(Health::Pending), Health::Pending, "pending"),
        (shows(Health::Degraded), Health::Degraded, "degraded"),
        (shows(Health::Failing) || shows(Health::Missing), Health::Failing, "failing or broken"),
        (shows(Health::Completed), Health::Completed, "completed"),
        (shows(Health::Neutral), Health::Neutral, "neutral"),
        (veiled, Health::Unknown, "cannot be seen"),
    ];
    let states = states.into_iter().filter(|(shown, ..)| *shown);
    let states = states.map(|(_, health, text)| entry(Sample::State(health), text)).collect();
    let inside = scene.blocks.iter().flat_map(|placed| &placed.block.links).map(|link| (link, Place::Inside));
    let between = scene.links.iter().map(|link| (link, Place::Between));
    let mut drawn: Vec<&Ink> = Vec::new();
    for (line, _) in inside.chain(between).map(|(link, place)| link::inks(link, place)) {
        if !drawn.contains(&line) {
            drawn.push(line);
        }
    }
    let resolved = EdgeState::Resolved;
    let relations: [(&[&Ink], Sample, &str); 7] = [
        (&[&ink::ROUTES], line(Routes, resolved, false, false), "routes traffic"),
        (&[&ink::SELECTS], line(Selects, resolved, false, false), "selects or owns"),
        (&[&ink::REFERS], line(Refers, resolved, false, false), "refers to"),
        (&[&ink::GOVERNS], line(Governs, resolved, false, false), "governs"),
        (&[&ink::INFERRED], line(Routes, resolved, true, false), "calls, read from a value"),
        (
            &[&ink::SEVERAL, &ink::SEVERAL_REFERS, &ink::SEVERAL_GOVERNS],
            line(Routes, resolved, false, true),
            "several, between groups",
        ),
        (
            &[&ink::BROKEN_SOLID, &ink::BROKEN_DASHED, &ink::BROKEN_DOTTED],
            line(Refers, EdgeState::Missing, false, false),
            "target does not exist",
        ),
    ];
    let relations = relations.into_iter().filter(|(inks, ..)| inks.iter().any(|ink| drawn.contains(ink)));
    let relations = relations.map(|(_, sample, text)| entry(sample, text)).collect();
    let has_pods = cards().any(|card| !card.pods.is_empty() || !card.tallies.is_empty());
    let has_badges = cards().any(|card| !card.badges.is_empty());
    let hint = match (has_pods, has_badges) {
        (true, true) => format!("{PODS}. {BADGES}"),
        (true, false) => PODS.to_owned(),
        (false, true) => BADGES.to_owned(),
        (false, false) => String::new(),
    };
    let mut rows = vec![
        Row { word: "State", entries: states, aside: hint },
        Row { word: "Relation", entries: relations, aside: look.stamp.clone().unwrap_or_default() },
    ];
    rows.push(Row { word: "Kind", entries: kinds(scene), aside: String::new() });
    rows.retain(|row| !row.entries.is_empty() || !row.aside.is_empty());
    if !scene.gaps.is_empty() {
        let entries = scene.gaps.iter().map(|gap| entry(Sample::Nothing, gap)).collect();
        rows.push(Row { word: "Not shown", entries, aside: String::new() });
    }
    rows
}

/// One entry per icon that is drawn, with the kinds that it stands for in this picture.
fn kinds(scene: &Scene) -> Vec<Entry> {
    let cards = scene.blocks.iter().flat_map(|placed| &placed.block.cards);
    let mut drawn: BTreeMap<(&str, &str), &ResourceKey> = BTreeMap::new();
    for card in cards {
        drawn.entry((card.key.group_name(), card.key.kind())).or_insert(&card.key);
    }
    // A card of several kinds has an icon that says nothing else.
    let named = drawn.into_iter().filter(|((_, kind), _)| *kind != "*");
    let mut by_icon: BTreeMap<&str, (&'static Icon, BTreeSet<&str>)> = BTreeMap::new();
    for ((_, kind), key) in named {
        let icon = icons::of(key);
        by_icon.entry(icon.id).or_insert_with(|| (icon, BTreeSet::new())).1.insert(kind);
    }
    let mut entries: Vec<Entry> = by_icon
        .into_values()
        .map(|(icon, kinds)| {
            let shown: Vec<&str> = kinds.iter().copied().take(KINDS_OF_ICON).collect();
            let text = match kinds.len() - shown.len() {
                0 => shown.join(", "),
                rest => format!("{} and {rest} more", shown.join(", ")),
            };
            Entry { sample: Sample::Kind(icon), text: model::legible(&text).into_owned() }
        })
        .collect();
    entries.sort_by(|one, other| one.text.cmp(&other.text));
    entries
}

/// Height of the box at this width.
pub(crate) fn height(scene: &Scene, look: &Look, width: f32) -> f32 {
    let lines: usize = rows(scene, look).iter().map(|row| place(row, width).lines).sum();
    lines as f32 * ROW + 16.0
}

/// Draws the box.
pub(crate) fn legend(scene: &Scene, look: &Look, rect: Rect, pen: &mut dyn Pen) {
    pen.open("legend", "", at(rect.x, rect.y));
    pen.rect(&ink::GROUP, crisp(Rect { x: 0.0, y: 0.0, ..rect }), 10.0);
    let mut top = 8.0;
    for row in rows(scene, look) {
        let placed = place(&row, rect.width);
        pen.text(&ink::LEGEND_HEAD, at(PAD, top + 19.0), Anchor::Start, row.word);
        for (entry, (x, line)) in row.entries.iter().zip(&placed.entries) {
            draw(entry, *x, top + *line as f32 * ROW + 15.0, rect.width, pen);
        }
        if let Some(line) = placed.aside {
            let base = top + line as f32 * ROW + 19.0;
            pen.text(&ink::LEGEND_QUIET, at(rect.width - PAD, base), Anchor::End, &row.aside);
        }
        top += placed.lines as f32 * ROW;
    }
    pen.close();
}

struct Placed {
    entries: Vec<(f32, usize)>,
    aside: Option<usize>,
    lines: usize,
}

/// Flows entries into lines; the aside stands at the end of the first line that has room for it.
fn place(row: &Row, width: f32) -> Placed {
    let left = PAD + WORD;
    let (mut x, mut line) = (left, 0);
    let mut entries = Vec::with_capacity(row.entries.len());
    let mut ends = vec![left];
    for entry in &row.entries {
        let needed = lead(entry.sample) + Role::Legend.width(&entry.text);
        if x + needed > width - PAD && x > left {
            line += 1;
            x = left;
            ends.push(left);
        }
        entries.push((x, line));
        x += needed + 22.0;
        if let Some(end) = ends.last_mut() {
            *end = x;
        }
    }
    let aside_width = Role::Legend.width(&row.aside);
    let fits = ends.iter().position(|end| end + aside_width <= width - PAD);
    let aside = (!row.aside.is_empty() && aside_width <= width - 2.0 * PAD).then(|| fits.unwrap_or(ends.len()));
    let lines = ends.len().max(aside.map_or(0, |line| line + 1));
    Placed { entries, aside, lines }
}

fn lead(sample: Sample) -> f32 {
    match sample {
        Sample::State(_) => 18.0,
        Sample::Kind(_) => ICON + 6.0,
        Sample::Line { .. } => SAMPLE + 8.0,
        Sample::Nothing => 0.0,
    }
}

fn draw(entry: &Entry, x: f32, middle: f32, width: f32, pen: &mut dyn Pen) {
    match entry.sample {
        Sample::State(health) => pen.mark(health, at(x, middle - 6.0), 1.0),
        Sample::Kind(icon) => pen.icon(&ink::ICON, icon, at(x, middle - ICON / 2.0)),
        Sample::Line { class, state, inferred, several } => {
            let (stroke, head) = ink::link(class, state, inferred, several);
            link::draw_line(&[at(x, middle), at(x + SAMPLE, middle)], stroke, head, pen);
        }
        Sample::Nothing => {}
    }
    let from = x + lead(entry.sample);
    let text = Role::Legend.fit(width - PAD - from, &entry.text);
    pen.text(&ink::LEGEND, at(from, middle + 4.0), Anchor::Start, &text);
}
