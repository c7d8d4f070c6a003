//! DOT with our places and routes: `neato -n2` draws the picture as we do, `dot` lays it out anew.

use std::fmt::Write as _;
use std::io::Write;

use model::{EdgeState, RelationClass};

use super::outline::{Member, Outline, Step, Wire, colours, words};
use super::xml::number;
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::geometry::ARROW;
use crate::scene::{CardLook, Point, Rect};
use crate::theme::{Theme, Token};

/// Writes the file. One pixel is one point.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let outline = Outline::of(subject);
    let bounds = subject.scene.bounds;
    let page = Page { bottom: bounds.bottom() };
    let theme = look.theme;
    let colour = |token| theme.colour(token);
    let title = look.title.as_deref().unwrap_or(&subject.scene.title);
    let mut text = String::with_capacity(4096 + outline.cards.len() * 220 + outline.wires.len() * 160);
    let _ = writeln!(
        text,
        "// neato -n2 -Tsvg keeps these places and routes; dot -Tsvg makes its own.\ndigraph {} {{\n  graph \
         [bb={}, bgcolor=\"{}\", compound=true, fontname=\"Inter,Helvetica,sans-serif\", rankdir=LR, splines=true];",
        quoted(title),
        page.quoted_box(&bounds),
        colour(Token::Page),
    );
    let _ = writeln!(
        text,
        "  node [fillcolor=\"{}\", fixedsize=true, fontcolor=\"{}\", fontname=\"Inter,Helvetica,sans-serif\", \
         fontsize=11, shape=box, style=\"rounded,filled\"];\n  edge [arrowsize=0.7, fontcolor=\"{}\", \
         fontname=\"JetBrains Mono,monospace\", fontsize=10];",
        colour(Token::Card),
        colour(Token::Text),
        colour(Token::Secondary),
    );
    for step in outline.steps() {
        match step {
            Step::Frame(number, frame) => {
                progress.report(number, outline.frames.len())?;
                cluster(&mut text, &page, &format!("f{number}"), &frame.title, &frame.rect, Token::Frame, theme);
            }
            Step::Block(section) => {
                let name = format!("b{}", section.number);
                cluster(&mut text, &page, &name, &section.block.title, &section.rect, Token::Group, theme);
            }
            Step::Card(number, member, _) => node(&mut text, &page, number, member, theme),
            Step::BlockEnd => text.push_str("    }\n"),
            Step::FrameEnd => text.push_str("  }\n"),
        }
    }
    for wire in &outline.wires {
        edge(&mut text, &page, wire, &outline, theme);
    }
    text.push_str("}\n");
    out.write_all(text.as_bytes())?;
    Ok(Notes::default())
}

/// Graphviz counts upwards.
struct Page {
    bottom: f32,
}

impl Page {
    fn quoted_box(&self, rect: &Rect) -> String {
        let mut text = String::from("\"");
        let corners = [rect.x, self.bottom - rect.bottom(), rect.right(), self.bottom - rect.y];
        for (at, value) in corners.into_iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            number(&mut text, value);
        }
        text.push('"');
        text
    }

    fn push(&self, text: &mut String, x: f32, y: f32) {
        number(text, x);
        text.push(',');
        number(text, self.bottom - y);
    }
}

fn cluster(text: &mut String, page: &Page, name: &str, title: &str, rect: &Rect, fill: Token, theme: Theme) {
    let mut place = String::new();
    page.push(&mut place, rect.x + rect.width / 2.0, rect.y + 14.0);
    let _ = writeln!(
        text,
        "  subgraph cluster_{name} {{\n    graph [bb={}, color=\"{}\", fillcolor=\"{}\", fontcolor=\"{}\", label={}, \
         lp=\"{place}\", style=\"rounded,filled\"];",
        page.quoted_box(rect),
        theme.colour(Token::FrameLine),
        theme.colour(fill),
        theme.colour(Token::Secondary),
        quoted(title),
    );
}

fn node(text: &mut String, page: &Page, name: usize, member: &Member<'_>, theme: Theme) {
    let (card, rect) = (&member.card, member.rect);
    let health = member.health();
    let (fill, line) = colours(health);
    let style = match card.look {
        CardLook::Missing | CardLook::Unknown => "rounded,filled,dashed",
        _ => "rounded,filled",
    };
    let mut place = String::new();
    page.push(&mut place, rect.x + rect.width / 2.0, rect.y + rect.height / 2.0);
    let (mut width, mut height) = (String::new(), String::new());
    number(&mut width, rect.width / 72.0);
    number(&mut height, rect.height / 72.0);
    let _ = writeln!(
        text,
        "      n{name} [color=\"{}\", fillcolor=\"{}\", height={height}, id={}, label={}, pos=\"{place}\", \
         style=\"{style}\", tooltip={}, width={width}];",
        theme.colour(line),
        theme.colour(fill),
        quoted(card.key.as_str()),
        quoted(&format!("{}\n{}", card.full_name, member.lines().join("\n"))),
        quoted(&format!("{} {}: {}", card.key.kind(), card.full_name, health.word())),
    );
}

fn edge(text: &mut String, page: &Page, wire: &Wire<'_>, outline: &Outline<'_>, theme: Theme) {
    let (style, width) = match wire.link.class {
        // A call that is read from a value is no certain route.
        RelationClass::Routes if wire.link.inferred => ("dashed", "1.5"),
        RelationClass::Routes => ("solid", "1.5"),
        RelationClass::Owns | RelationClass::Selects | RelationClass::Member => ("solid", "1"),
        RelationClass::Refers => ("dashed", "1"),
        RelationClass::Governs => ("dotted", "1"),
    };
    let token = match (wire.link.state, wire.link.class) {
        (EdgeState::Missing, _) => Token::Failing,
        (_, RelationClass::Routes) => Token::StrongLine,
        _ => Token::Line,
    };
    let _ = write!(
        text,
        "  n{} -> n{} [class=\"{}\", color=\"{}\"",
        wire.from,
        wire.to,
        wire.link.class.word(),
        theme.colour(token)
    );
    let words = words(&wire.link);
    if !words.is_empty() {
        let _ = write!(text, ", label={}", quoted(&words));
    }
    if wire.blocks {
        let section = |card: usize| outline.cards.get(card).and_then(|member| member.section).unwrap_or_default();
        let _ = write!(text, ", lhead=\"cluster_b{}\"", section(wire.to));
    }
    if let (Some(label), false) = (&wire.link.label, words.is_empty()) {
        let at = wire.points.first().copied().unwrap_or_default();
        let first = wire.link.points.first().copied().unwrap_or_default();
        let mut place = String::new();
        let (dx, dy) = (at.x - first.x, at.y - first.y);
        let rect = label.rect;
        page.push(&mut place, rect.x + dx + rect.width / 2.0, rect.y + dy + rect.height / 2.0);
        let _ = write!(text, ", lp=\"{place}\"");
    }
    if wire.blocks {
        let section = |card: usize| outline.cards.get(card).and_then(|member| member.section).unwrap_or_default();
        let _ = write!(text, ", ltail=\"cluster_b{}\"", section(wire.from));
    }
    if wire.is_undrawn {
        // It has no room of its own in the picture, and shall make none where Graphviz lays it out.
        text.push_str(", constraint=false");
    }
    let _ = writeln!(text, ", penwidth={width}, pos=\"{}\", style={style}];", spline(page, &wire.points));
}

/// The route as Graphviz writes splines: the arrow's tip, then cubic curves through the corners.
fn spline(page: &Page, points: &[Point]) -> String {
    let mut text = String::from("e,");
    let (Some(tip), Some(first)) = (points.last(), points.first()) else { return String::new() };
    page.push(&mut text, tip.x, tip.y);
    text.push(' ');
    page.push(&mut text, first.x, first.y);
    let pairs = points.windows(2).count();
    for (at, pair) in points.windows(2).enumerate() {
        let [from, to] = pair else { continue };
        let length = ((to.x - from.x).powi(2) + (to.y - from.y).powi(2)).sqrt().max(0.01);
        // The last curve ends where the arrow begins.
        let share = if at + 1 == pairs { ((length - ARROW) / length).max(0.0) } else { 1.0 };
        let end = Point { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
        for third in [1.0, 2.0, 3.0] {
            text.push(' ');
            page.push(&mut text, from.x + (end.x - from.x) * third / 3.0, from.y + (end.y - from.y) * third / 3.0);
        }
    }
    text
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in model::legible(text).chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            _ if character.is_control() => quoted.push(' '),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
