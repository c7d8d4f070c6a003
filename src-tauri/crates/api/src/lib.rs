//! The list of commands and events that every host answers, and the handlers behind it.
//!
//! The window and the browser speak exactly this; nothing else turns a cluster into JSON for them.
#![warn(missing_docs)]

pub mod types;
