//! What a file is made from, how it shall look, and what may become of the attempt.

use std::io::{self, Write};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};
use topology::{Filter, Graph};

use crate::scene::Scene;
use crate::theme::Theme;

/// How a file shall look. The same look and scene give the same bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Light or dark.
    pub theme: Theme,
    /// Instead of the scene's own title.
    pub title: Option<String>,
    /// A line for the lower right corner, such as context and time; nothing of that kind appears without it.
    pub stamp: Option<String>,
    /// Pixels of a PNG per pixel of the scene.
    pub scale: f32,
    /// Whether a glyph the bundled fonts lack may come from the machine's fonts (PNG, PDF), at the price of bytes that
    /// differ between machines; else it becomes a box.
    pub system_fonts: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { theme: Theme::Light, title: None, stamp: None, scale: 1.0, system_fonts: true }
    }
}

/// A file format, as its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Vector picture for documents and browsers.
    Svg,
    /// Pixels.
    Png,
    /// Vector picture for print.
    Pdf,
    /// The canonical graph, for programs.
    Json,
    /// diagrams.net, to go on drawing.
    Drawio,
    /// Text in Markdown.
    Mermaid,
    /// Text for d2lang.com.
    D2,
    /// Text for Graphviz.
    Dot,
    /// For yEd, Gephi, Cytoscape.
    Graphml,
}

/// What a file is made from: the drawn formats and the texts for people from the scene, the formats for programs
/// (JSON, GraphML) from the graph itself, where nothing is folded away.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The picture.
    pub scene: &'a Scene,
    /// What it is a picture of.
    pub graph: &'a Graph,
    /// The part of the graph that was asked for.
    pub filter: &'a Filter,
}

/// An entry of the table of formats.
pub struct FormatEntry {
    /// The format.
    pub format: Format,
    /// Its id on the command line, `--format`.
    pub id: &'static str,
    /// File endings, the first is the usual one.
    pub extensions: &'static [&'static str],
    /// For people.
    pub name: &'static str,
    /// Media type.
    pub media_type: &'static str,
    /// What it is good for, in a few words.
    pub purpose: &'static str,
    pub(crate) write: Writer,
}

pub(crate) type Writer = fn(Subject<'_>, &Look, &mut dyn Write, Progress<'_>) -> Result<Notes, ExportError>;

/// What the person should know about a file that was written: a summary, a missing glyph, tiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes(pub Vec<String>);

/// Why a file was not written, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The caller said stop. Trying again starts from the beginning.
    #[error("the export was stopped")]
    Stopped,
    /// The picture does not fit the format; the message says what would. Trying again as is does not help.
    #[error("{0}")]
    TooLarge(String),
    /// A setting makes no sense. Trying again as is does not help.
    #[error("{0}")]
    Look(String),
    /// Drawing failed on something that is the program's fault. Trying again does not help.
    #[error("drawing the picture failed: {0}")]
    Draw(String),
    /// The destination did not take the bytes. Trying again may help.
    #[error("writing the file failed: {0}")]
    Write(#[from] io::Error),
}

/// The caller said stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

impl From<Stopped> for ExportError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Tells the caller how far the work is, and hears whether to go on.
#[derive(Clone, Copy)]
pub(crate) struct Progress<'a> {
    tell: &'a dyn Fn(f32) -> ControlFlow<()>,
    from: f32,
    to: f32,
}

impl<'a> Progress<'a> {
    /// The whole of a work that this caller follows.
    pub(crate) fn whole(tell: &'a dyn Fn(f32) -> ControlFlow<()>) -> Self {
        Self { tell, from: 0.0, to: 1.0 }
    }

    /// A part of this work: shares from 0 to 1.
    pub(crate) fn part(self, from: f32, to: f32) -> Progress<'a> {
        let span = self.to - self.from;
        Progress { from: self.from + span * from, to: self.from + span * to, ..self }
    }

    /// For parts whose caller reports.
    pub(crate) fn silent() -> Progress<'static> {
        Progress::whole(&|_| ControlFlow::Continue(()))
    }

    /// `done` of `all` steps are done.
    pub(crate) fn report(self, done: usize, all: usize) -> Result<(), Stopped> {
        let share = done as f32 / all.max(1) as f32;
        match (self.tell)(self.from + (self.to - self.from) * share) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Stopped),
        }
    }
}
