//! Mermaid: a flowchart with namespaces and applications as subgraphs.
//!
//! Renderers refuse more than 500 edges or 50,000 characters (Mermaid's `maxEdges`, `maxTextSize`): past that
//! applications stand for their objects, past that namespaces, and a note says so.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write;

use model::{EdgeState, Health, RelationClass};

use super::outline::{Outline, Step, Wire, colours, words};
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::scene::CardLook;
use crate::theme::{Theme, Token};

const MAX_EDGES: usize = 500;
const MAX_CHARACTERS: usize = 50_000;

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    progress.report(0, 2)?;
    let mut outline = Outline::of(subject);
    let title = look.title.as_deref().unwrap_or(&subject.scene.title);
    let mut notes = Notes::default();
    let mut chart = whole(title, &outline, look.theme);
    if chart.is_none() && outline.has_badges() {
        outline = outline.without_badges();
        chart = whole(title, &outline, look.theme);
        if chart.is_some() {
            let limits = "Mermaid's limits of 500 edges and 50000 characters";
            notes.0.push(format!("{limits} leave no room for what the picture shows as badges: it is left out"));
        }
    }
    let chart = chart.unwrap_or_else(|| {
        let drawn = format!("{} objects and {} relations", outline.cards.len(), outline.wires.len());
        let limits = "more than Mermaid's limits of 500 edges and 50000 characters allow";
        let (text, what) = summary(title, &outline, look.theme);
        notes.0.push(format!("{drawn} are {limits}: {what}"));
        text
    });
    progress.report(1, 2)?;
    out.write_all(chart.as_bytes())?;
    Ok(notes)
}

/// Lines that open and close subgraphs and name nodes.
type Body = String;

struct Edge {
    from: String,
    to: String,
    class: RelationClass,
    inferred: bool,
    broken: bool,
    text: String,
}

/// Every object as a node, where that keeps to the limits.
fn whole(title: &str, outline: &Outline<'_>, theme: Theme) -> Option<String> {
    let (objects, edges) = objects(outline);
    let chart = chart(title, &objects, &edges, theme);
    (edges.len() <= MAX_EDGES && chart.chars().count() <= MAX_CHARACTERS).then_some(chart)
}

fn objects(outline: &Outline<'_>) -> (Body, Vec<Edge>) {
    let (mut body, mut frames, mut groups) = (Body::new(), Vec::new(), Vec::new());
    for step in outline.steps() {
        match step {
            Step::Frame(number, frame) => {
                let _ = writeln!(body, "  subgraph f{number}[\"{}\"]", escape(&frame.title));
                frames.push(format!("f{number}"));
            }
            Step::Block(section) => {
                let _ = writeln!(body, "    subgraph b{}[\"{}\"]", section.number, escape(&section.block.title));
                body.push_str("      direction LR\n");
                groups.push(format!("b{}", section.number));
            }
            Step::Card(number, member, _) => {
                let external = member.card.look == CardLook::External;
                let (open, close) = if external { ("([", "])") } else { ("[", "]") };
                let name =
                    format!("<b>{}</b><br>{}", escape(&member.card.full_name), escape(&member.lines().join(" · ")));
                let _ = writeln!(body, "      n{number}{open}\"{name}\"{close}:::{}", member.health().word());
            }
            Step::BlockEnd => body.push_str("    end\n"),
            Step::FrameEnd => body.push_str("  end\n"),
        }
    }
    dress(&mut body, "frame", &frames);
    dress(&mut body, "group", &groups);
    // A line between two blocks stands for many: it joins their subgraphs.
    let end = |wire: &Wire<'_>, card: usize| match outline.cards.get(card).and_then(|member| member.section) {
        Some(section) if wire.blocks => format!("b{section}"),
        _ => format!("n{card}"),
    };
    let edges = outline.wires.iter().map(|wire| Edge {
        from: end(wire, wire.from),
        to: end(wire, wire.to),
        class: wire.link.class,
        inferred: wire.link.inferred,
        broken: wire.link.state == EdgeState::Missing,
        text: words(&wire.link),
    });
    (body, edges.collect())
}

/// Gives subgraphs their class.
fn dress(body: &mut Body, class: &str, subgraphs: &[String]) {
    if !subgraphs.is_empty() {
        let _ = writeln!(body, "  class {} {class}", subgraphs.join(","));
    }
}

/// Applications instead of objects, or else namespaces; and what was done, in words.
fn summary(title: &str, outline: &Outline<'_>, theme: Theme) -> (String, &'static str) {
    let (mut body, mut frames) = (Body::new(), Vec::new());
    for (at, group) in outline.frames.iter().enumerate().filter(|(_, group)| !group.sections.is_empty()) {
        let _ = writeln!(body, "  subgraph f{at}[\"{}\"]", escape(&group.frame.title));
        frames.push(format!("f{at}"));
        for section in &group.sections {
            let name = if section.block.title.is_empty() { &group.frame.title } else { &section.block.title };
            let text = format!("<b>{}</b><br>{}", escape(name), escape(&section.block.subtitle));
            let _ = writeln!(body, "    b{}[\"{text}\"]:::{}", section.number, worst(&section.block.counts.by_health));
        }
        body.push_str("  end\n");
    }
    dress(&mut body, "frame", &frames);
    let edges = aggregated(outline, "b", |member| member.section);
    let text = chart(title, &body, &edges, theme);
    if edges.len() <= MAX_EDGES && text.chars().count() <= MAX_CHARACTERS {
        return (text, "every application is one node");
    }
    let mut body = Body::new();
    for (at, group) in outline.frames.iter().enumerate().filter(|(_, group)| !group.sections.is_empty()).take(600) {
        let name = format!("<b>{}</b><br>{}", escape(&group.frame.title), escape(&group.frame.subtitle));
        let _ = writeln!(body, "  f{at}[\"{name}\"]:::{}", worst(&group.frame.counts.by_health));
    }
    let mut edges = aggregated(outline, "f", |member| Some(member.frame));
    edges.truncate(MAX_EDGES.min(300));
    (chart(title, &body, &edges, theme), "every namespace is one node")
}

/// One edge per pair of groups and class, with how many it stands for.
fn aggregated(outline: &Outline<'_>, prefix: &str, of: fn(&super::outline::Member<'_>) -> Option<usize>) -> Vec<Edge> {
    let mut counts: BTreeMap<(usize, usize, RelationClass), (u32, bool, bool)> = BTreeMap::new();
    for wire in &outline.wires {
        let (Some(from), Some(to)) = (outline.cards.get(wire.from), outline.cards.get(wire.to)) else { continue };
        let (Some(from), Some(to)) = (of(from), of(to)) else { continue };
        if from != to {
            let (count, broken, inferred) = counts.entry((from, to, wire.link.class)).or_insert((0, false, true));
            *count += wire.link.count;
            *broken |= wire.link.state == EdgeState::Missing;
            *inferred &= wire.link.inferred;
        }
    }
    let edge = |((from, to, class), (count, broken, inferred))| Edge {
        from: format!("{prefix}{from}"),
        to: format!("{prefix}{to}"),
        class,
        inferred,
        broken,
        text: if count > 1 { format!("×{count}") } else { String::new() },
    };
    counts.into_iter().map(edge).collect()
}

fn worst(by_health: &[u32; 8]) -> &'static str {
    let worst = Health::ALL.iter().zip(by_health).find(|(health, count)| **count > 0 && **health != Health::Unknown);
    worst.map_or("neutral", |(health, _)| health.word())
}

fn chart(title: &str, body: &str, edges: &[Edge], theme: Theme) -> String {
    let mut text = String::with_capacity(body.len() + edges.len() * 24 + 1024);
    let _ = writeln!(
        text,
        "---\ntitle: \"{}\"\n---\nflowchart LR",
        model::legible(title).replace(['"', '\\', '\n', '\r'], "'")
    );
    text.push_str(body);
    for edge in edges {
        let arrow = match edge.class {
            RelationClass::Routes => "==>",
            RelationClass::Owns | RelationClass::Selects | RelationClass::Member => "-->",
            RelationClass::Refers | RelationClass::Governs => "-.->",
        };
        let label = if edge.text.is_empty() { String::new() } else { format!("|\"{}\"|", escape(&edge.text)) };
        let _ = writeln!(text, "  {} {arrow}{label} {}", edge.from, edge.to);
    }
    let mut style = |which: fn(&Edge) -> bool, look: &str| {
        let all = edges.iter().enumerate().filter(|(_, edge)| which(edge));
        let numbers: Vec<_> = all.map(|(at, _)| at.to_string()).collect();
        if !numbers.is_empty() {
            let _ = writeln!(text, "  linkStyle {} {look}", numbers.join(","));
        }
    };
    style(|edge| edge.inferred, "stroke-dasharray:9 3");
    style(|edge| edge.broken, &format!("stroke:{}", theme.colour(Token::Failing)));
    for (class, ground) in [("frame", Token::Frame), ("group", Token::Group)] {
        let (fill, line) = (theme.colour(ground), theme.colour(Token::FrameLine));
        let _ = writeln!(text, "  classDef {class} fill:{fill},stroke:{line},color:{}", theme.colour(Token::Secondary));
    }
    for health in Health::ALL {
        let (ground, line) = colours(health);
        let dash = if matches!(health, Health::Missing | Health::Unknown) { ",stroke-dasharray:4 3" } else { "" };
        let _ = writeln!(
            text,
            "  classDef {} fill:{},stroke:{},color:{}{dash}",
            health.word(),
            theme.colour(ground),
            theme.colour(line),
            theme.colour(Token::Text),
        );
    }
    text
}

/// Mermaid's own entities: `#` and a name or number.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in model::legible(text).chars() {
        match character {
            '#' | '"' | '&' | '<' | '>' | '`' | '\\' | '[' | ']' | '{' | '}' | '|' => {
                let _ = write!(escaped, "#{};", u32::from(character));
            }
            _ if character.is_control() => escaped.push(' '),
            _ => escaped.push(character),
        }
    }
    escaped
}
