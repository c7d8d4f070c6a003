//! The table of formats, one file each, and one way to write any of them.

mod d2;
mod dot;
mod drawio;
mod fallback;
mod graphml;
mod json;
mod mermaid;
mod outline;
mod pdf;
mod png;
mod svg;
mod xml;

use std::io::Write;
use std::ops::ControlFlow;
use std::str::FromStr;

use crate::export::{ExportError, Format, FormatEntry, Look, Notes, Progress, Subject, Writer};

/// Every format, in the order they are offered and of [`Format`].
pub static FORMATS: [FormatEntry; 9] = [
    entry(
        Format::Svg,
        ("svg", "SVG", &["svg"], "image/svg+xml"),
        "documents and web pages; stays sharp, text can be selected",
        svg::write,
    ),
    entry(Format::Png, ("png", "PNG", &["png"], "image/png"), "chats, tickets and slides", png::write),
    entry(
        Format::Pdf,
        ("pdf", "PDF", &["pdf"], "application/pdf"),
        "print and reports; stays sharp, text can be searched",
        pdf::write,
    ),
    entry(
        Format::Json,
        ("json", "JSON", &["json"], "application/json"),
        "scripts and comparisons; the whole graph, canonical",
        json::write,
    ),
    entry(
        Format::Drawio,
        ("drawio", "draw.io", &["drawio"], "application/vnd.jgraph.mxfile"),
        "going on by hand in diagrams.net or Confluence",
        drawio::write,
    ),
    entry(
        Format::Mermaid,
        ("mermaid", "Mermaid", &["mmd", "mermaid"], "text/vnd.mermaid"),
        "Markdown on GitHub, GitLab, Notion; small pictures",
        mermaid::write,
    ),
    entry(Format::D2, ("d2", "D2", &["d2"], "text/x-d2"), "diagrams as code", d2::write),
    entry(
        Format::Dot,
        ("dot", "DOT", &["dot", "gv"], "text/vnd.graphviz"),
        "Graphviz; with places and routes for `neato -n2`",
        dot::write,
    ),
    entry(
        Format::Graphml,
        ("graphml", "GraphML", &["graphml"], "application/graphml+xml"),
        "yEd, Gephi, Cytoscape; the whole graph with typed attributes",
        graphml::write,
    ),
];

/// Writes the subject in a format. `progress` is told shares from 0 to 1 and may stop the work at any of them;
/// what `out` has received by then is no file.
///
/// # Errors
/// See [`ExportError`].
pub fn export(
    subject: Subject<'_>,
    format: Format,
    look: &Look,
    out: &mut dyn Write,
    progress: &dyn Fn(f32) -> ControlFlow<()>,
) -> Result<Notes, ExportError> {
    if !(look.scale.is_finite() && look.scale > 0.0) {
        return Err(ExportError::Look(format!("a scale of {} cannot be drawn; use a number above 0", look.scale)));
    }
    let progress = Progress::whole(progress);
    let notes = (format.entry().write)(subject, look, out, progress)?;
    out.flush()?;
    progress.report(1, 1)?;
    Ok(notes)
}

impl FormatEntry {
    /// The usual ending of its files.
    pub fn ending(&self) -> &'static str {
        self.extensions.first().unwrap_or(&self.id)
    }
}

impl Format {
    /// Its entry in the table.
    pub fn entry(self) -> &'static FormatEntry {
        &FORMATS[self as usize]
    }

    /// Whether it holds a picture: theme, title and stamp matter.
    pub fn is_drawn(self) -> bool {
        matches!(self, Self::Svg | Self::Png | Self::Pdf | Self::Drawio)
    }

    /// Whether it is written from the graph itself, and needs no picture.
    pub fn is_for_programs(self) -> bool {
        matches!(self, Self::Json | Self::Graphml)
    }

    /// The format that a file's name asks for by its ending.
    pub fn of_file(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        FORMATS.iter().find(|entry| entry.extensions.contains(&ending.as_str())).map(|entry| entry.format)
    }
}

/// Reads an id (`svg`) or a file ending (`mmd`).
impl FromStr for Format {
    type Err = ExportError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim_start_matches('.').to_ascii_lowercase();
        let found = FORMATS.iter().find(|entry| entry.id == wanted || entry.extensions.contains(&wanted.as_str()));
        found.map(|entry| entry.format).ok_or_else(|| {
            let known: Vec<_> = FORMATS.iter().map(FormatEntry::ending).collect();
            ExportError::Look(format!("`{text}` is no format; the formats are {}", known.join(", ")))
        })
    }
}

type Names = (&'static str, &'static str, &'static [&'static str], &'static str);

const fn entry(format: Format, names: Names, purpose: &'static str, write: Writer) -> FormatEntry {
    let (id, name, extensions, media_type) = names;
    FormatEntry { format, id, extensions, name, media_type, purpose, write }
}
