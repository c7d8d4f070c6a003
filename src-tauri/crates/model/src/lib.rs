//! The vocabulary that every other crate speaks: what an object, a key, a delta and a health are.
//!
//! Data only. This crate depends on serde, does no IO, reads no clock and knows no rule of Kubernetes
//! beyond how objects and kinds are named.
#![warn(missing_docs)]

mod coverage;
mod delta;
mod finding;
mod health;
mod key;
mod kinds;
mod legible;
mod mask;
mod object;
mod relation;

pub use coverage::{Coverage, KindCoverage, KindState, Scope};
pub use delta::Delta;
pub use finding::{Evidence, EvidenceSource, Finding};
pub use health::Health;
pub use key::{ClusterId, EXTERNAL_GROUP, GroupKind, KeyError, ResourceKey, ResourceKind};
pub use kinds::{KINDS, KindFacts};
pub use legible::{HIDDEN, is_hidden, legible};
pub use mask::mask_credentials;
pub use object::{Actor, Object, ObjectError};
pub use relation::{EdgeState, RelationClass};
