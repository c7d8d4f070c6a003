//! D2: nested containers, one class per state and per kind of relation.

use std::fmt::Write as _;
use std::io::Write;

use model::{EdgeState, Health, RelationClass};

use super::outline::{Outline, words};
use crate::export::{ExportError, Look, Notes, Progress, Subject};
use crate::scene::CardLook;
use crate::theme::{Theme, Token, of_health};

/// Writes the file.
pub(crate) fn write(
    subject: Subject<'_>,
    look: &Look,
    out: &mut dyn Write,
    progress: Progress<'_>,
) -> Result<Notes, ExportError> {
    let outline = Outline::of(subject.scene);
    let mut text = String::with_capacity(4096 + outline.cards.len() * 160 + outline.wires.len() * 64);
    let title = look.title.as_deref().unwrap_or(&subject.scene.title);
    let _ =
        writeln!(text, "# {}\ndirection: right\nstyle.fill: \"{}\"", one_line(title), look.theme.colour(Token::Page));
    classes(&mut text, look.theme);
    let mut paths = vec![String::new(); outline.cards.len()];
    for (at, group) in outline.frames.iter().enumerate().filter(|(_, group)| !group.sections.is_empty()) {
        progress.report(at, outline.frames.len())?;
        let _ = writeln!(text, "f{at}: {} {{\n  class: frame", quoted(&group.frame.title));
        for section in &group.sections {
            let bare = section.block.title.is_empty();
            if !bare {
                let _ = writeln!(text, "  b{}: {} {{\n    class: group", section.number, quoted(&section.block.title));
            }
            for number in section.cards.clone() {
                let (Some(member), Some(path)) = (outline.cards.get(number), paths.get_mut(number)) else { continue };
                let card = member.card;
                let second = if card.caption.is_empty() { card.key.kind() } else { &card.caption };
                let label = quoted(&format!("{}\n{second}", card.full_name));
                let class = if card.look == CardLook::Unknown { Health::Unknown } else { card.health };
                let _ = writeln!(text, "    n{number}: {label} {{class: {}}}", class.word());
                *path = if bare { format!("f{at}.n{number}") } else { format!("f{at}.b{}.n{number}", section.number) };
            }
            if !bare {
                text.push_str("  }\n");
            }
        }
        text.push_str("}\n");
    }
    for wire in &outline.wires {
        let (Some(from), Some(to)) = (paths.get(wire.from), paths.get(wire.to)) else { continue };
        let words = words(wire.link);
        let label = if words.is_empty() { String::new() } else { format!("{} ", quoted(&words)) };
        let class = if wire.link.state == EdgeState::Missing { "broken" } else { wire.link.class.word() };
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
        let ground = match health {
            Health::Failing | Health::Missing => Token::FailingCard,
            Health::Degraded | Health::Pending => Token::WarningCard,
            _ => Token::Card,
        };
        let edge = if health.is_problem() || health == Health::Ok { of_health(health) } else { Token::CardLine };
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
    let _ = writeln!(text, "  broken: {{style: {{stroke: \"{}\"; stroke-dash: 5}}}}\n}}", colour(Token::Failing));
}

/// A string in double quotes; `$` would begin a substitution.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
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
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
