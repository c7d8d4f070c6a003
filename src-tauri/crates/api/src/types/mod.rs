//! What travels between a host and the interface. TypeScript types are generated from here.
//!
//! What belongs to one area of commands, or to one stream, stands beside it; this is where all of it is found, and where
//! the rest stands.

mod error;
mod nothing;
mod picture;

// Words of the model travel as they are.
pub use diagram::Format;
pub use diagram::scene::CardLook;
pub use diagram::theme::Theme;
pub use model::{EdgeState, EvidenceSource, Health, RelationClass};
pub use topology::{Lens, Presence};

pub use crate::commands::*;
pub use crate::streams::{NoMessage, Notice, ObjectNow};
pub use error::*;
pub use nothing::*;
pub use picture::*;
