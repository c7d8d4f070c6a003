//! What an edge of the graph says.

use serde::{Deserialize, Serialize};

/// The family of a relation. Ordered by priority: where edges form a cycle, the earlier class keeps its direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RelationClass {
    /// A controller and what it made.
    Owns,
    /// Traffic or data flows from one to the other.
    Routes,
    /// A label selector and what it matches.
    Selects,
    /// A field that names another object.
    Refers,
    /// A policy and what it applies to.
    Governs,
    /// A collection and what belongs to it.
    Member,
}

impl RelationClass {
    /// Every class, in order of priority.
    pub const ALL: [Self; 6] = [Self::Owns, Self::Routes, Self::Selects, Self::Refers, Self::Governs, Self::Member];

    /// The word of the canonical JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Owns => "owns",
            Self::Routes => "routes",
            Self::Selects => "selects",
            Self::Refers => "refers",
            Self::Governs => "governs",
            Self::Member => "member",
        }
    }
}

/// Whether the far end of an edge is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(ts_rs::TS, schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EdgeState {
    /// Both ends exist.
    Resolved,
    /// The target's kind is listed, the target is not there.
    Missing,
    /// The target's kind or namespace cannot be listed or is not loaded.
    Unknown,
}

impl EdgeState {
    /// The word of the canonical JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Resolved => "resolved",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}
