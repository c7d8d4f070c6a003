//! Boxes and edges to positions and routes; pure, deterministic; knows nothing of Kubernetes.
//!
//! A sheet holds frames, a frame holds groups, a group holds leaves. Inside a group leaves stand in columns by role and
//! edges run between them; groups are packed into strips, callers left of what they call where that costs little room,
//! and so are frames, to the wanted shape. Every level is one problem of the same form (`columns`): boxes in columns,
//! wires in the gutters, so no route ever runs through a box. All arithmetic is in whole pixels, everything is sorted
//! by id, and nothing depends on the order of a hash table: one input gives one picture on every platform.
//!
//! Our own, since no library that lays out graphs lets what stays keep its place when a part changes; the fastest that
//! was measured, elkjs, takes 4.5 s for 11,000 nodes.
#![warn(missing_docs)]
#![deny(clippy::indexing_slicing)]

mod at;
#[expect(
    clippy::indexing_slicing,
    reason = "items, nodes and hops are numbered by the netlist that all of these lists were made from"
)]
mod columns;
mod ends;
mod fan;
#[expect(clippy::indexing_slicing, reason = "boxes are numbered by the list of their sizes")]
mod fill;
mod frame;
mod geometry;
#[expect(
    clippy::indexing_slicing,
    reason = "leaves are numbered by the group, whose edges must name leaves that it has"
)]
mod group;
mod hold;
mod input;
mod lanes;
mod level;
#[expect(clippy::indexing_slicing, reason = "ends of links are looked up only where they exist")]
mod nets;
mod output;
mod pack;
mod rank;
#[expect(
    clippy::indexing_slicing,
    reason = "frames are numbered by the sorted input that all of these lists were made from"
)]
mod sheet;
mod stack;
mod strips;
mod trim;

pub use geometry::{Point, Rect, Size};
pub use group::{GroupLayout, Route};
pub use input::{Edge, Frame, Group, Input, Label, Leaf, Link, LinkEnd, Place, Shape};
pub use nets::bundles;
pub use output::{Layout, PlacedFrame, PlacedGroup};
pub use sheet::layout;
