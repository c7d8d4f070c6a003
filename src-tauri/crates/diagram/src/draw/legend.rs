//! The box below the picture: what shapes and lines mean, what is not shown, and the stamp.
//!
//! It explains what a reader may meet in any picture; the rarer lines only where they are drawn.

use model::{EdgeState, Health, RelationClass};

use super::{Anchor, Pen, at, crisp, ink, link};
use crate::export::Look;
use crate::geometry::Role;
use crate::scene::{CardLook, Link, Rect, Scene};

const PAD: f32 = 16.0;
const ROW: f32 = 30.0;
const WORD: f32 = 70.0;
const SAMPLE: f32 = 44.0;
const HINT: &str = "Pods lie inside their workload, one square each; what everything shares hangs on as a badge";

/// What a legend's entry shows before its words.
#[derive(Clone, Copy)]
enum Sample {
    State(Health),
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
    let links = || scene.links.iter().chain(scene.blocks.iter().flat_map(|placed| &placed.block.links));
    let entry = |sample, text: &str| Entry { sample, text: text.to_owned() };
    let mut states: Vec<Entry> = [
        (Health::Ok, "ready"),
        (Health::Pending, "pending"),
        (Health::Degraded, "degraded"),
        (Health::Failing, "failing or broken"),
        (Health::Completed, "completed"),
        (Health::Neutral, "neutral"),
    ]
    .map(|(health, text)| entry(Sample::State(health), text))
    .into();
    let veiled = scene
        .blocks
        .iter()
        .flat_map(|placed| &placed.block.cards)
        .any(|card| card.look == CardLook::Unknown || card.health == Health::Unknown);
    if veiled {
        states.push(entry(Sample::State(Health::Unknown), "cannot be seen"));
    }
    let resolved = EdgeState::Resolved;
    let mut relations = vec![
        entry(line(Routes, resolved, false, false), "routes traffic"),
        entry(line(Selects, resolved, false, false), "selects or owns"),
        entry(line(Refers, resolved, false, false), "refers to"),
        entry(line(Governs, resolved, false, false), "governs"),
    ];
    if links().any(|link: &Link| link.inferred) {
        relations.push(entry(line(Routes, resolved, true, false), "calls, read from a value"));
    }
    relations.push(entry(line(Routes, resolved, false, true), "several, between groups"));
    relations.push(entry(line(Refers, EdgeState::Missing, false, false), "target does not exist"));
    let mut rows = vec![
        Row { word: "State", entries: states, aside: HINT.to_owned() },
        Row { word: "Relation", entries: relations, aside: look.stamp.clone().unwrap_or_default() },
    ];
    if !scene.gaps.is_empty() {
        let entries = scene.gaps.iter().map(|gap| entry(Sample::Nothing, gap)).collect();
        rows.push(Row { word: "Not shown", entries, aside: String::new() });
    }
    rows
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
        Sample::Line { .. } => SAMPLE + 8.0,
        Sample::Nothing => 0.0,
    }
}

fn draw(entry: &Entry, x: f32, middle: f32, width: f32, pen: &mut dyn Pen) {
    match entry.sample {
        Sample::State(health) => pen.mark(health, at(x, middle - 6.0), 1.0),
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
