//! From a graph to a picture, and from the picture to files.
//!
//! [`scene`] is the semantic display list that the screen, SVG, PNG, PDF and draw.io are drawn from.
//! No format knows another; all know the scene.

mod draw;
mod export;
mod formats;
pub mod geometry;
pub mod icons;
pub mod picture;
pub mod scene;
pub mod stylesheet;
pub mod text;
pub mod theme;

pub use export::{ExportError, Format, FormatEntry, Look, Notes, Subject};
pub use formats::{FORMATS, export};
