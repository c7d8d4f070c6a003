//! What is to be laid out: a sheet of frames, frames of groups, groups of leaves.

use std::sync::Arc;

use crate::geometry::Size;

/// The whole sheet. Results do not depend on the order of frames, groups or leaves: their ids are sorted.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// The frames.
    pub frames: Vec<Frame>,
    /// Links between leaves (or whole groups) of different groups.
    pub links: Vec<Link>,
    /// Width and height of the wanted shape, for example 16 and 10.
    pub aspect: (u32, u32),
    /// This is a part of what the previous layout was made for: what is left stays where it was, however much is gone, and
    /// frames and groups that lost something close around it.
    pub is_part: bool,
}

/// A container of groups with a header.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Unique and stable.
    pub id: Arc<str>,
    /// Its groups.
    pub groups: Vec<Arc<Group>>,
    /// Among the others, or below them.
    pub place: Place,
    /// Room for its header above the groups.
    pub header: i32,
    /// Least width, for its header.
    pub least_width: i32,
}

/// Where a frame belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Packed with the others.
    Upper,
    /// Below, several to a row; links do not reach it.
    Lane,
}

/// A container of leaves with a header: the unit of cache and of stability.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// Unique and stable.
    pub id: Arc<str>,
    /// Its leaves; ids are unique within the group.
    pub leaves: Vec<Leaf>,
    /// Edges between its leaves.
    pub edges: Vec<Edge>,
    /// Columns by role, or a plain grid.
    pub shape: Shape,
    /// Room above the leaves; without a header the group also has no padding.
    pub header: i32,
    /// Least width, for its header.
    pub least_width: i32,
}

/// How a group's leaves are placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// In columns by role, edges routed between them.
    Columns,
    /// In reading order, as many to a row as fit; edges are not drawn.
    Grid {
        /// Whether leaves grow to fill the row.
        stretch: bool,
    },
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leaf {
    /// Unique within the group and stable; leaves are ordered by it where edges do not say otherwise.
    pub id: Arc<str>,
    /// Its size, with what hangs on it.
    pub size: Size,
    /// Its column; where none, one right of what points at it.
    pub column: Option<u8>,
    /// The leaf (by position in `leaves`) under which it stands in the same column.
    pub under: Option<usize>,
    /// Height below its top at which edges arrive and leave.
    pub port: i32,
}

/// An edge between two leaves of a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// Position in `leaves`.
    pub from: usize,
    /// Position in `leaves`.
    pub to: usize,
    /// Heavier edges are drawn straight first.
    pub weight: u8,
    /// Its label.
    pub label: Option<Label>,
}

/// The size of a text and a number that equal texts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label {
    /// Size of the text.
    pub size: Size,
    /// Equal for equal texts.
    pub text: u64,
}

/// A link between groups.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it starts.
    pub from: LinkEnd,
    /// Where it ends.
    pub to: LinkEnd,
    /// Its label.
    pub label: Option<Label>,
}

/// An end of a link, by positions in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkEnd {
    /// Position in `frames`.
    pub frame: usize,
    /// Position in the frame's `groups`.
    pub group: usize,
    /// Position in the group's `leaves`; none for the group as a whole.
    pub leaf: Option<usize>,
}
