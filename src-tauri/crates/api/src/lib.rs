//! The list of commands and events that every host answers, and the handlers behind it.
//!
//! The window and the browser speak exactly this; nothing else turns a cluster into JSON for them.
#![warn(missing_docs)]

// First: the list is a macro, which the modules below it are made with.
#[macro_use]
mod list;
mod describe;
pub mod types;

pub use describe::{Command, Stream, commands, openapi, streams, write_typescript};
