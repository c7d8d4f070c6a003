//! The table of formats, one file each.

mod fallback;
mod png;
mod svg;
mod xml;

use crate::export::{Format, FormatEntry};

/// Every format, in the order they are offered.
pub static FORMATS: [FormatEntry; 2] = [
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
];
