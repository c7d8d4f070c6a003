//! From objects to a graph of relations, by one table of rules, incrementally.
//!
//! [`Engine::apply`] takes changes and the coverage and keeps an immutable [`Graph`] true; readers hold an `Arc` of it.
//! No IO, no clock, no chance: the same objects and coverage give the same graph, in whatever order they came.

pub mod canonical;
mod cause;
mod engine;
mod exports;
mod facts;
mod filter;
mod graph;
mod groups;
mod json;
mod kinds;
mod labels;
mod lens;
mod links;
mod marks;
mod pool;
mod query;
mod relations;
mod rule;
mod rules;
mod source;
mod status;
#[cfg(test)]
mod testing;
mod why;

pub use engine::{Engine, Reading};
pub use filter::Filter;
pub use graph::{Edge, EdgeTouch, Graph, GraphDelta, Node, NodeId, Presence};
pub use inventory::Change;
pub use kinds::is_drawn;
pub use labels::{LabelSelector, Labels};
pub use lens::Lens;
pub use links::RelationId;
pub use query::{Around, End, Heading, Inside, Line, Neighbour, Neighbours, Reach, Reached, Stop, Ways};
pub use rule::{Broken, Rule, TargetScope, Text};
pub use rules::{RuleBook, RuleFileError, UserRule, rules};
pub use why::why;
