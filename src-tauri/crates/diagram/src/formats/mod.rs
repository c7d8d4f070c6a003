//! The table of formats, one file each.

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

use crate::export::{Format, FormatEntry, Writer};

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

type Names = (&'static str, &'static str, &'static [&'static str], &'static str);

const fn entry(format: Format, names: Names, purpose: &'static str, write: Writer) -> FormatEntry {
    let (id, name, extensions, media_type) = names;
    FormatEntry { format, id, extensions, name, media_type, purpose, write }
}
