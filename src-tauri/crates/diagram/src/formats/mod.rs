//! The table of formats, one file each.

mod fallback;
mod pdf;
mod png;
mod svg;
mod xml;

use crate::export::{Format, FormatEntry};

/// Every format, in the order they are offered.
pub static FORMATS: [FormatEntry; 3] = [
    FormatEntry {
        format: Format::Svg,
        id: "svg",
        extensions: &["svg"],
        name: "SVG",
        media_type: "image/svg+xml",
        purpose: "documents and web pages; stays sharp, text can be selected",
        write: svg::write,
    },
    FormatEntry {
        format: Format::Png,
        id: "png",
        extensions: &["png"],
        name: "PNG",
        media_type: "image/png",
        purpose: "chats, tickets and slides",
        write: png::write,
    },
    FormatEntry {
        format: Format::Pdf,
        id: "pdf",
        extensions: &["pdf"],
        name: "PDF",
        media_type: "application/pdf",
        purpose: "print and reports; stays sharp, text can be searched",
        write: pdf::write,
    },
];
