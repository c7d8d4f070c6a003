//! Boxes and edges to positions and routes; pure, deterministic; knows nothing of Kubernetes.
//!
//! A sheet holds frames, a frame holds groups, a group holds leaves. Inside a group leaves stand in columns by role and
//! edges run between them; groups are packed into strips, callers left of what they call where that costs little room,
//! and so are frames, to the wanted shape. Every level is one problem of the same form (`columns`): boxes in columns,
//! wires in the gutters, so no route ever runs through a box. All arithmetic is in whole pixels, everything is sorted
//! by id, and nothing depends on the order of a hash table: one input gives one picture on every platform.
#![warn(missing_docs)]

mod columns;
mod fill;
mod frame;
mod geometry;
mod group;
mod hold;
mod input;
mod lanes;
mod level;
mod nets;
mod output;
mod pack;
mod rank;
mod sheet;
mod stack;
mod strips;

pub use geometry::{Point, Rect, Size};
pub use group::{GroupLayout, Route};
pub use input::{Edge, Frame, Group, Input, Label, Leaf, Link, LinkEnd, Place, Shape};
pub use output::{Layout, PlacedFrame, PlacedGroup};
pub use sheet::layout;
