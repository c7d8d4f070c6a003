//! The list of commands and events that every host answers, and the handlers behind it.
//!
//! The window and the browser speak exactly this; nothing else turns a cluster into JSON for them.
#![warn(missing_docs)]

// First: the list is a macro, which the modules below it are made with.
#[macro_use]
mod list;
mod access;
mod application;
mod clock;
mod commands;
mod describe;
mod dispatch;
mod drawing;
mod error;
mod once;
mod open;
mod picture;
mod status;
mod streams;
mod target;
pub mod types;
mod uploads;

pub use diagram::ExportError;

pub use access::{Access, Caller};
pub use application::{Application, Setup, default_database};
pub use describe::{Command, Stream, commands, openapi, streams, write_typescript};
pub use drawing::{Drawing, stamp};
pub use once::{Look, Looking, look};
pub use session::{Published, SourceState};
pub use streams::{Item, Reader, Writer};
pub use target::{Permission, downloads_folder, write_file};
pub use uploads::Upload;
