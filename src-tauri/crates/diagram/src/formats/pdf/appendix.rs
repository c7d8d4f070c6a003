//! The last pages: what lies inside the cards of the picture and hangs on them. Paper cannot be opened, and what stands
//! behind "+4" has no other place there.

use super::Page;
use super::glyphs::Glyphs;
use super::index::{HEAD, MARGIN, PAPER};
use super::pen::PdfPen;
use crate::draw::{Anchor, Pen, ink};
use crate::export::{Look, Notes, Subject};
use crate::geometry::Role;
use crate::scene::{Point, Rect};

const COLUMNS: u8 = 3;
const COLUMN_GAP: f32 = 32.0;
const LINE: f32 = 15.0;

/// Above the name of a card.
const ABOVE: f32 = 8.0;

/// More pages than this are read by nobody; what would stand on them is counted.
const MOST_PAGES: usize = 100;

/// A card with what lies inside it and what hangs on it, in lines of a column's width.
struct Entry {
    name: String,
    lines: Vec<String>,
}

impl Entry {
    fn height(&self) -> f32 {
        ABOVE + LINE * (1 + self.lines.len()) as f32
    }
}

/// Draws the pages; none where every card stands for itself alone.
pub(super) fn pages(subject: Subject<'_>, look: &Look, glyphs: &Glyphs, notes: &mut Notes) -> Vec<Page> {
    let (width, height) = PAPER;
    let column = (width - 2.0 * MARGIN - COLUMN_GAP * f32::from(COLUMNS - 1)) / f32::from(COLUMNS);
    let bottom = height - MARGIN;
    let mut pages = Vec::new();
    let mut pen: Option<PdfPen<'_>> = None;
    let (mut at_column, mut y) = (0_u8, bottom);
    let entries = entries(subject, column);
    let count = entries.len();
    for (at, entry) in entries.into_iter().enumerate() {
        // A card of very many goes on in the next column; one that fits stands in one.
        let whole = entry.height().min(bottom - MARGIN - HEAD);
        let mut rest = Some(entry.name.as_str()).map(|name| (true, name)).into_iter();
        let mut lines = entry.lines.iter().map(|line| (false, line.as_str()));
        let mut needed = ABOVE + whole;
        while let Some((is_name, text)) = rest.next().or_else(|| lines.next()) {
            if pen.is_none() || y + needed > bottom {
                at_column += 1;
                if pen.is_none() || at_column == COLUMNS {
                    if pages.len() + 1 > MOST_PAGES {
                        notes.0.push(format!(
                            "the appendix ends after {MOST_PAGES} pages: what lies inside of {} more cards is in the \
                             json format",
                            count - at
                        ));
                        pages.extend(pen.map(|pen| Page::drawn(width, height, pen)));
                        return pages;
                    }
                    pages.extend(pen.take().map(|pen| Page::drawn(width, height, pen)));
                    pen = Some(begin(subject, look, glyphs));
                    at_column = 0;
                }
                y = MARGIN + HEAD;
            }
            needed = LINE;
            let Some(pen) = &mut pen else { continue };
            let x = MARGIN + f32::from(at_column) * (column + COLUMN_GAP);
            y += if is_name { ABOVE + LINE } else { LINE };
            let kind = if is_name { &ink::LEGEND_HEAD } else { &ink::LEGEND };
            pen.text(kind, Point { x, y }, Anchor::Start, text);
        }
    }
    pages.extend(pen.map(|pen| Page::drawn(width, height, pen)));
    pages
}

/// An empty page with its heading.
fn begin<'a>(subject: Subject<'_>, look: &Look, glyphs: &'a Glyphs) -> PdfPen<'a> {
    let (width, height) = PAPER;
    let mut pen = PdfPen::new(look.theme, glyphs, Point::default(), height);
    pen.rect(&ink::PAGE, Rect { x: 0.0, y: 0.0, width, height }, 0.0);
    let title = look.title.as_deref().unwrap_or(&subject.scene.title);
    let heading = format!("{title}: inside the cards");
    let heading = Role::Title.fit(width - 2.0 * MARGIN, &heading);
    pen.text(&ink::TITLE, Point { x: MARGIN, y: MARGIN + 18.0 }, Anchor::Start, &heading);
    pen
}

fn entries(subject: Subject<'_>, width: f32) -> Vec<Entry> {
    let named = |key: &model::ResourceKey| {
        // The card of a CronJob's runs is called after it, behind a star.
        let name = key.name().trim_start_matches('*').replace("%2F", "/");
        model::legible(&format!("{} {name}", key.kind())).into_owned()
    };
    let inside = subject.scene.seats.inside();
    let entries = inside.into_iter().filter_map(|(card, nodes, badges)| {
        let keys = nodes.iter().map(|node| &subject.graph.node(*node).key);
        let mut objects: Vec<String> = keys.filter(|key| *key != card.0).map(named).collect();
        objects.sort();
        let hangs = badges.iter().map(|text| text.to_string()).collect::<Vec<_>>();
        let mut lines = wrapped("inside: ", &objects, width);
        lines.extend(wrapped("on it: ", &hangs, width));
        let name = match card.0.namespace() {
            _ if card.0.kind() == "*" => card.1.to_string(),
            "" => named(card.0),
            namespace => format!("{} · {}", named(card.0), model::legible(namespace)),
        };
        let name = Role::BlockTitle.fit(width, &name).to_string();
        (!lines.is_empty()).then_some(Entry { name, lines })
    });
    entries.collect()
}

/// Words one after another in lines of this width; a longer one is broken, so that it is whole.
fn wrapped(before: &str, words: &[String], width: f32) -> Vec<String> {
    let fits = |line: &str| Role::Legend.width(line) <= width;
    let mut lines = Vec::new();
    let mut line = before.to_owned();
    for (at, word) in words.iter().enumerate() {
        let is_last = at + 1 == words.len();
        let word = format!("{word}{}", if is_last { "" } else { ", " });
        if !fits(format!("{line}{word}").trim_end()) {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        for letter in word.chars() {
            line.push(letter);
            if !fits(line.trim_end()) {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(letter);
            }
        }
    }
    if !words.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_however_narrow_the_column() {
        let words = ["ReplicaSet checkout-6d9f".to_owned(), "x".repeat(100)];
        for width in [60.0, 120.0, 4000.0] {
            let lines = wrapped("inside: ", &words, width);
            assert!(lines.iter().all(|line| Role::Legend.width(line) <= width), "{lines:?}");
            let text = lines.concat().replace(' ', "");
            assert_eq!(text, format!("inside: {}", words.join(", ")).replace(' ', ""));
        }
        assert!(wrapped("inside: ", &[], 120.0).is_empty());
    }
}
