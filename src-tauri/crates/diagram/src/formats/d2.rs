//! D2: nested containers, one class per state and per kind of relation.

use std::fmt::Write as _;
use std::io::Write;

use model::{EdgeState, Health, RelationClass};

use super::outline::{Outline, Step, colours, words};
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::theme::{Theme, Token};

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let outline = Outline::of(subject);
    let mut text = String::with_capacity(4096 + outline.cards.len() * 160 + outline.wires.len() * 64);
    let title = look.title.as_deref().unwrap_or(&subject.scene.title);
    let _ =
        writeln!(text, "# {}\ndirection: right\nstyle.fill: \"{}\"", one_line(title), look.theme.colour(Token::Page));
    classes(&mut text, look.theme);
    let mut paths = vec![String::new(); outline.cards.len()];
    let mut frame = 0;
    for step in outline.steps() {
        match step {
            Step::Frame(number, about) => {
                progress.report(number, outline.frames.len())?;
                frame = number;
                let _ = writeln!(text, "f{number}: {} {{\n  class: frame", quoted(&about.title));
            }
            Step::Block(section) => {
                let _ = writeln!(text, "  b{}: {} {{\n    class: group", section.number, quoted(&section.block.title));
            }
            Step::Card(number, member, block) => {
                let label = quoted(&format!("{}\n{}", member.card.full_name, member.lines().join(" · ")));
                let _ = writeln!(text, "    n{number}: {label} {{class: {}}}", member.health().word());
                if let Some(path) = paths.get_mut(number) {
                    *path = match block {
                        Some(section) => format!("f{frame}.b{}.n{number}", section.number),
                        None => format!("f{frame}.n{number}"),
                    };
                }
            }
            Step::BlockEnd => text.push_str("  }\n"),
            Step::FrameEnd => text.push_str("}\n"),
        }
    }
    for wire in &outline.wires {
        let (Some(from), Some(to)) = (paths.get(wire.from), paths.get(wire.to)) else { continue };
        // A line between two blocks stands for many: it joins the blocks.
        let end = |path: &str| match path.rsplit_once('.') {
            Some((block, _)) if wire.blocks => block.to_owned(),
            _ => path.to_owned(),
        };
        let (from, to) = (end(from), end(to));
        let words = words(&wire.link);
        let label = if words.is_empty() { String::new() } else { format!("{} ", quoted(&words)) };
        let class = match wire.link.class.word() {
            _ if wire.link.state == EdgeState::Missing => "broken".to_owned(),
            class if wire.link.inferred => format!("[{class}; inferred]"),
            class => class.to_owned(),
        };
        let _ = writeln!(text, "{from} -> {to}: {label}{{class: {class}}}");
    }
    out.write_all(text.as_bytes())?;
    Ok(Notes::default())
}

fn classes(text: &mut String, theme: Theme) {
    let colour = |token| theme.colour(token);
    let (frame, line) = (colour(Token::Frame), colour(Token::FrameLine));
    let (group, words) = (colour(Token::Group), colour(Token::Text));
    text.push_str("classes: {\n");
    let _ = writeln!(
        text,
        "  frame: {{style: {{fill: \"{frame}\"; stroke: \"{line}\"; border-radius: 10; font-color: \"{words}\"}}}}"
    );
    let _ = writeln!(
        text,
        "  group: {{style: {{fill: \"{group}\"; stroke: \"{line}\"; border-radius: 8; font-color: \"{words}\"}}}}"
    );
    for health in Health::ALL {
        let (ground, edge) = colours(health);
        let dash = if matches!(health, Health::Missing | Health::Unknown) { "; stroke-dash: 4" } else { "" };
        let _ = writeln!(
            text,
            "  {}: {{style: {{fill: \"{}\"; stroke: \"{}\"; font-color: \"{words}\"; border-radius: 7{dash}}}}}",
            health.word(),
            colour(ground),
            colour(edge)
        );
    }
    for class in RelationClass::ALL {
        let (token, width, dash) = match class {
            RelationClass::Routes => (Token::StrongLine, 2, 0),
            RelationClass::Owns | RelationClass::Selects | RelationClass::Member => (Token::Line, 1, 0),
            RelationClass::Refers => (Token::Line, 1, 5),
            RelationClass::Governs => (Token::Line, 1, 2),
        };
        let _ = writeln!(
            text,
            "  {}: {{style: {{stroke: \"{}\"; stroke-width: {width}; stroke-dash: {dash}}}}}",
            class.word(),
            colour(token)
        );
    }
    text.push_str("  inferred: {style: {stroke-dash: 7}}\n");
    let _ = writeln!(text, "  broken: {{style: {{stroke: \"{}\"; stroke-dash: 5}}}}\n}}", colour(Token::Failing));
}

/// A string in double quotes; `$` would begin a substitution.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in model::legible(text).chars() {
        match character {
            '"' | '\\' | '$' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            _ if character.is_control() => quoted.push(' '),
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}

fn one_line(text: &str) -> String {
    model::legible(text).chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
